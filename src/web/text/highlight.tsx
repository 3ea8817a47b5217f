/** From where to where a text is set off, in UTF-16 units. */
export type Mark = readonly [from: number, to: number]

/** A text with what was looked for set off. */
export function Highlight({ text, marks }: { text: string; marks: readonly Mark[] }) {
  const pieces = []
  let at = 0
  for (const [from, to] of marks) {
    pieces.push(<span key={at}>{text.slice(at, from)}</span>, <mark key={`mark ${from}`}>{text.slice(from, to)}</mark>)
    at = to
  }
  return (
    <span className="text">
      {pieces}
      {text.slice(at)}
    </span>
  )
}
