import { cleanText, fits } from '../../protocol/text.ts'
import type { Repository } from './git.ts'
import { holdsSecret, isSecretFile } from './secrets.ts'

const maxBytes = 16_384

/** A file's diff as it may be told, or why it is not. */
export type Diff = { diff: string } | { withheld: 'secret' | 'too large' } | null

export async function diffOf(repository: Repository, path: string): Promise<Diff> {
  if (isSecretFile(path)) return { withheld: 'secret' }
  const text = await repository.diff(path)
  const diff = text === null ? null : cleanText(text)
  if (diff === null) return null
  if (!fits(diff, maxBytes)) return { withheld: 'too large' }
  return holdsSecret(diff) ? { withheld: 'secret' } : { diff }
}
