import type { TurnMessage } from '../../../protocol/turns.ts'

const sameness = 0.6 // lines more alike than this say the same thing
const fewestWords = 4

/**
 * The lines that say most of what was talked about, in their order. Extractive, by centrality: each line is the set of
 * its words, rare words weighing more (tf-idf); a line counts as much as all others are like it (cosine); of lines that
 * are alike the best one stays. Nothing is made up, and no language is favoured.
 */
export function summaryOf(lines: readonly TurnMessage[], most: number): TurnMessage[] {
  const vectors = vectorsOf(lines.map(({ content }) => wordsOf(content)))
  const ranked = lines
    .map((line, index) => ({ line, vector: vectors[index] ?? new Map(), score: 0 }))
    .filter(({ line }) => wordsOf(line.content).length >= fewestWords)
  for (const one of ranked)
    for (const other of ranked) if (one !== other) one.score += likeness(one.vector, other.vector)
  ranked.sort((a, b) => b.score - a.score || a.line.seq - b.line.seq)
  const chosen: typeof ranked = []
  for (const one of ranked) {
    if (chosen.length === most) break
    if (chosen.every(other => likeness(one.vector, other.vector) < sameness)) chosen.push(one)
  }
  return chosen.map(({ line }) => line).sort((a, b) => a.seq - b.seq)
}

type Vector = Map<string, number> // of length 1, or empty

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
}

function vectorsOf(texts: string[][]): Vector[] {
  const inTexts = new Map<string, number>()
  for (const words of texts) for (const word of new Set(words)) inTexts.set(word, (inTexts.get(word) ?? 0) + 1)
  return texts.map(words => {
    const weights: Vector = new Map()
    for (const word of words) {
      const rarity = Math.log((texts.length + 1) / (inTexts.get(word) ?? 1))
      weights.set(word, (weights.get(word) ?? 0) + rarity)
    }
    const length = Math.hypot(...weights.values())
    return new Map([...weights].map(([word, weight]) => [word, length === 0 ? 0 : weight / length]))
  })
}

function likeness(one: Vector, other: Vector): number {
  const [small, large] = one.size < other.size ? [one, other] : [other, one]
  let sum = 0
  for (const [word, weight] of small) sum += weight * (large.get(word) ?? 0)
  return sum
}
