import { expect, test } from 'vitest'
import { AnswerBuffer } from '../../src/agents/answer-buffer.ts'

function buffered(maxBytes: number, ...deltas: string[]) {
  const buffer = new AnswerBuffer(maxBytes)
  return { buffer, added: deltas.map(delta => buffer.add(delta)) }
}

test('[T4] the pieces, joined, are the reply', () => {
  const { buffer, added } = buffered(100, 'Hel', '', 'lo')
  expect([...added, buffer.finish()]).toEqual(['Hel', '', 'lo', ''])
  expect(buffer.text).toBe('Hello')
})

test('[T4] a final text that continues the deltas is accepted; one that contradicts them is refused', () => {
  expect(buffered(100, 'Hel').buffer.finish('Hello')).toBe('lo')
  expect(buffered(100).buffer.finish('Hello')).toBe('Hello')
  expect(buffered(100, 'Hello').buffer.finish('Help')).toBe(null)
  expect(buffered(100, 'Hello').buffer.finish('Hell')).toBe(null)
})

test('[T4] a character that was cut in two appears when it is complete', () => {
  const { buffer, added } = buffered(100, 'a\ud83d', '\udc31b', '\ud83d')
  expect(added).toEqual(['a', '🐱b', ''])
  expect(buffer.finish()).toBe('\ufffd')
})

test('[T4] control characters and unpaired surrogates are removed or replaced', () => {
  expect(buffered(100, 'a\u0000\u001b[31mb\n\t', 'x\udc31y').added).toEqual(['a[31mb\n\t', 'x\ufffdy'])
})

test('[L7] a reply over the limit is cut between characters, and nothing is added to it', () => {
  const { buffer, added } = buffered(7, 'ab', 'é日🐱', 'c')
  expect(added).toEqual(['ab', 'é日', ''])
  expect([buffer.text, buffer.truncated, buffer.finish()]).toEqual(['abé日', true, ''])
  expect(buffered(2, 'ab').buffer.truncated).toBe(false)
})

test('[L7] invisible text counts towards a limit too', () => {
  const { buffer } = buffered(10, '\u0000'.repeat(41))
  expect([buffer.text, buffer.truncated]).toEqual(['', true])
})
