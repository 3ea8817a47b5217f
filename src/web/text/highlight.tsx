/** A range of a text, in UTF-16 units; `to` is exclusive. */
export type HighlightRange = readonly [from: number, to: number]

/** A text with some ranges highlighted; they are in order and do not overlap. */
export function Highlight({ text, ranges }: { text: string; ranges: readonly HighlightRange[] }) {
  const pieces = []
  let at = 0
  for (const [from, to] of ranges) {
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
