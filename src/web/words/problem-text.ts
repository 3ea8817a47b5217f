import { sentence } from '../lib/sentence.ts'
import { t, wordsOfCode } from './words.ts'

type Problem = { code?: string; message: string }

/** Returns a sentence about what the server refused: in the words for its code, or else in the server's own, in English. */
export const reasonText = (problem: Problem | null): string =>
  wordsOfCode(problem?.code ?? '') ?? sentence(problem?.message ?? '')

/** Returns a sentence about an error; `fetch` says no more than that it failed. */
export function problemText(error: unknown, fallback = ''): string {
  if (error instanceof TypeError) return t('page.unreachable')
  return error instanceof Error ? reasonText(error) : fallback
}
