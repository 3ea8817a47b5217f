const around = 60 // characters kept before the first word that was found
const longest = 240

/** A piece of a text, with the words that were looked for set off. */
export function Highlighted({ text, words }: { text: string; words: string }) {
  const escaped = words.split(/\s+/).map(word => word.replace(/[^\p{L}\p{N}]/gu, '\\$&'))
  const pattern = new RegExp(escaped.join('|'), 'giu')
  const from = Math.max(0, text.search(pattern) - around)
  const shown = text.slice(from, from + longest)
  const pieces = []
  let at = 0
  for (const found of shown.matchAll(pattern)) {
    pieces.push(<span key={at}>{shown.slice(at, found.index)}</span>, <mark key={`mark ${at}`}>{found[0]}</mark>)
    at = found.index + found[0].length
  }
  return (
    <span className="text">
      {from > 0 ? '…' : ''}
      {pieces}
      {shown.slice(at)}
      {from + longest < text.length ? '…' : ''}
    </span>
  )
}
