import { cleanText, fits } from '../../protocol/text.ts'
import type { Repository } from './git.ts'
import { containsSecret, isSecretFile } from './secrets.ts'

const maxBytes = 16_384

/** The reason that a diff is not published. */
export type WithheldReason = 'it looks secret' | 'it is too large'

/** A file's diff, or the reason that it is withheld; null: there is none. */
type Diff = { diff: string } | { withheld: WithheldReason } | null

/** The diff of a file against the last commit, if it may be published. */
export async function diffOf(repository: Repository, path: string): Promise<Diff> {
  if (isSecretFile(path)) return { withheld: 'it looks secret' }
  const text = await repository.diff(path)
  const diff = text === null ? null : cleanText(text)
  if (diff === null) return null
  if (!fits(diff, maxBytes)) return { withheld: 'it is too large' }
  return containsSecret(diff) ? { withheld: 'it looks secret' } : { diff }
}
