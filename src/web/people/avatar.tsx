import type { CSSProperties } from 'react'
import type { Author } from '../../client/client.ts'

/** A letter in a circle for a person and in a square for an agent: a name can be chosen, the shape cannot. */
export function Avatar({ author }: { author: Pick<Author, 'id' | 'name' | 'kind'> }) {
  const letter = [...author.name.trim()][0]?.toUpperCase() ?? '?'
  return (
    <span
      className="avatar"
      data-kind={author.kind}
      style={{ '--hue': hueOf(author.id) } as CSSProperties}
      aria-hidden="true"
    >
      {letter}
    </span>
  )
}

/** Returns a hue in degrees that depends on the id alone. */
function hueOf(id: string): number {
  let hash = 7
  for (const char of id) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) % 9973
  return (hash * 47) % 360
}
