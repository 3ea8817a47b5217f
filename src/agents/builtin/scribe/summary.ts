import type { TurnMessage } from '../../../protocol/turns.ts'

const maxSimilarity = 0.6 // messages that are more similar than this count as repeats
const minWords = 4

/**
 * Picks the most central messages, at most `count`, in their order. This is extractive summarisation: a message is a
 * vector of its words in which rare words weigh more (tf-idf), its score is the sum of its similarities (cosine) to all
 * others, and of similar messages only the best is kept. It invents nothing and works for any language. The time is
 * linear in the length of the messages: all similarities of one message together are its product with the sum of vectors.
 */
export function summaryOf(messages: readonly TurnMessage[], count: number): TurnMessage[] {
  const chosen: Scored[] = []
  for (const candidate of rank(messages)) {
    if (chosen.length === count) break
    if (chosen.every(other => similarity(candidate.vector, other.vector) < maxSimilarity)) chosen.push(candidate)
  }
  return chosen.map(({ message }) => message).sort((a, b) => a.seq - b.seq)
}

type Vector = Map<string, number> // of length 1, or empty
type Scored = { message: TurnMessage; vector: Vector; score: number }

/** Scores all messages that are long enough, the most central first. */
function rank(messages: readonly TurnMessage[]): Scored[] {
  const vectors = vectorsOf(messages.map(({ content }) => wordsOf(content)))
  const scored = messages
    .map((message, index): Scored => ({ message, vector: vectors[index] ?? new Map(), score: 0 }))
    .filter(({ message }) => wordsOf(message.content).length >= minWords)
  const sum = sumOf(scored.map(({ vector }) => vector))
  for (const one of scored) one.score = product(one.vector, sum) - product(one.vector, one.vector)
  return scored.sort((a, b) => b.score - a.score || a.message.seq - b.message.seq)
}

const maxWords = 2_000 // of one message

function wordsOf(text: string): string[] {
  return (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).slice(0, maxWords)
}

function vectorsOf(texts: string[][]): Vector[] {
  const textsWith = new Map<string, number>()
  for (const words of texts) for (const word of new Set(words)) textsWith.set(word, (textsWith.get(word) ?? 0) + 1)
  return texts.map(words => {
    const weights: Vector = new Map()
    for (const word of words) {
      const rarity = Math.log((texts.length + 1) / (textsWith.get(word) ?? 1))
      weights.set(word, (weights.get(word) ?? 0) + rarity)
    }
    const length = Math.hypot(...weights.values())
    return new Map([...weights].map(([word, weight]) => [word, length === 0 ? 0 : weight / length]))
  })
}

function sumOf(vectors: readonly Vector[]): Vector {
  const sum: Vector = new Map()
  for (const vector of vectors) for (const [word, weight] of vector) sum.set(word, (sum.get(word) ?? 0) + weight)
  return sum
}

function similarity(one: Vector, other: Vector): number {
  return one.size < other.size ? product(one, other) : product(other, one)
}

function product(small: Vector, large: Vector): number {
  let sum = 0
  for (const [word, weight] of small) sum += weight * (large.get(word) ?? 0)
  return sum
}
