import type { HighlightRange } from './highlight.tsx'

// What Markdown writes around words, in the order in which they are looked for; a group is what stays.
const marks = new RegExp(
  [
    String.raw`!?\[([^\]\n]*)\]\([^)\s]*(?:\s"[^"]*")?\)`, // a link or a picture: its text
    String.raw`^[ \t]*(?:#{1,6}|>|[-*+]|\d{1,9}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?`, // what begins a line
    String.raw`^[ \t]*(?:\x60\x60\x60|~~~)[^\n]*\n?`, // a fence
    String.raw`\*\*|__|~~|\x60+`,
    String.raw`(?<![\p{L}\p{N}])[*_](?=[\p{L}\p{N}])|(?<=[\p{L}\p{N}])[*_](?![\p{L}\p{N}])`,
    String.raw`\\(?=[!-/:-@[-\x60{-~])`, // before what is meant as it stands
  ].join('|'),
  'gmu',
)

type Snippet = { text: string; ranges: HighlightRange[] }

/** Returns a part of a message without Markdown's own characters, and where the highlighted words are in it. */
export function plainSnippet(source: string, highlights: readonly HighlightRange[]): Snippet {
  let text = ''
  const places: number[] = [] // by the place in the source
  const keep = (from: number, to: number): void => {
    for (let at = from; at < to; at++) {
      places[at] = text.length
      text += source[at]
    }
  }
  let at = 0
  for (const { 0: found, 1: inside, index } of source.matchAll(marks)) {
    keep(at, index)
    const from = index + (inside === undefined ? 0 : found.indexOf(inside))
    for (let hidden = index; hidden < index + found.length; hidden++) places[hidden] = text.length
    if (inside !== undefined) keep(from, from + inside.length)
    for (let hidden = from + (inside?.length ?? 0); hidden < index + found.length; hidden++)
      places[hidden] = text.length
    at = index + found.length
  }
  keep(at, source.length)
  places[source.length] = text.length
  const ranges = highlights
    .map(([from, to]): HighlightRange => [places[from] ?? 0, places[to] ?? text.length])
    .filter(([from, to]) => to > from)
  return { text, ranges }
}
