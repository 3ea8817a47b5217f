import type { Root, RootContent, Text } from 'hast'
import { mentionRanges, type Range } from '../../protocol/mentions.ts'
import { mentionsWithin, splitMentions, type TextPiece } from './mentions.ts'

type Raw = { type: 'raw'; value: string; position?: Text['position'] }

// An `@` in Markdown, as it is, escaped or as a character reference; each is one `@` in what is drawn.
const drawnAt = /\\[^@]|@|&(?:#0*64|#[xX]0*40|commat);/g

/**
 * Wraps each mention in an element: exactly those that the server reads in the message. `names`: of people, which may have
 * several words.
 */
export function markMentions(names: readonly string[] = []) {
  return (tree: Root, source: string): void => {
    const mentions = mentionsWithin(source, names)
    if (mentions.length > 0) wrapMentions(tree, source, mentions)
  }
}

function wrapMentions(parent: { children: RootContent[] }, source: string, mentions: readonly Range[]): void {
  parent.children = parent.children.flatMap((child): RootContent[] => {
    if (child.type === 'element' && child.tagName !== 'code') wrapMentions(child, source, mentions)
    if (child.type !== 'text' && !isRaw(child)) return [child]
    const found = mentionsOf(child, source, mentions)
    return found.length === 0 ? [child] : splitMentions(child.value, found).map(toNode)
  })
}

/** The places of the mentions in a drawn text: its n-th `@` is the n-th of the part of the message it was made of. */
function mentionsOf(node: Text | Raw, source: string, mentions: readonly Range[]): Range[] {
  const from = node.position?.start.offset
  const to = node.position?.end.offset
  if (from === undefined || to === undefined) return mentionRanges(node.value) // a part of a text that held an address
  const inside = mentionsBetween(from, to, mentions)
  if (inside.length === 0) return []
  const written = [...source.slice(from, to).matchAll(node.type === 'raw' ? /@/g : drawnAt)]
  const ats = written
    .filter(([text]) => !/^\\[^@]/.test(text))
    .map(({ 0: text, index }) => from + index + text.length - 1)
  const order = new Map(ats.map((at, index) => [at, index]))
  const drawn = [...node.value.matchAll(/@/g)].map(({ index }) => index)
  return inside.flatMap(mention => {
    const at = drawn[order.get(mention.from) ?? -1]
    const isSame = at !== undefined && node.value.startsWith(source.slice(mention.from, mention.to), at)
    return isSame ? [{ from: at, to: at + mention.to - mention.from }] : []
  })
}

function mentionsBetween(from: number, to: number, mentions: readonly Range[]): readonly Range[] {
  const first = indexAfter(from, mentions)
  return mentions.slice(first, indexAfter(to, mentions))
}

/** The index of the first mention that does not begin before this place. They are in order. */
function indexAfter(place: number, mentions: readonly Range[]): number {
  let low = 0
  let high = mentions.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((mentions[middle]?.from ?? 0) < place) low = middle + 1
    else high = middle
  }
  return low
}

function isRaw(node: { type: string }): node is Raw {
  return node.type === 'raw'
}

const toNode = ({ text, isMention }: TextPiece): RootContent =>
  isMention
    ? {
        type: 'element',
        tagName: 'b',
        properties: { className: ['mention'] },
        children: [{ type: 'text', value: text }],
      }
    : { type: 'text', value: text }
