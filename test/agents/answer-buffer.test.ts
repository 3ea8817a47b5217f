import { expect, test } from 'vitest'
import { AnswerBuffer } from '../../src/agents/answer-buffer.ts'

function said(maxBytes: number, ...texts: string[]) {
  const answer = new AnswerBuffer(maxBytes)
  return { answer, shown: texts.map(text => answer.add(text)) }
}

test('[T4] what was shown piece by piece is the answer', () => {
  const { answer, shown } = said(100, 'Hel', '', 'lo')
  expect([...shown, answer.finish()]).toEqual(['Hel', '', 'lo', ''])
  expect(answer.text).toBe('Hello')
})

test('[T4] a last word that goes on is shown; one that takes something back is refused', () => {
  expect(said(100, 'Hel').answer.finish('Hello')).toBe('lo')
  expect(said(100).answer.finish('Hello')).toBe('Hello')
  expect(said(100, 'Hello').answer.finish('Help')).toBe(null)
  expect(said(100, 'Hello').answer.finish('Hell')).toBe(null)
})

test('[T4] a character that was cut in two is shown when it is whole', () => {
  const { answer, shown } = said(100, 'a\ud83d', '\udc31b', '\ud83d')
  expect(shown).toEqual(['a', '🐱b', ''])
  expect(answer.finish()).toBe('\ufffd')
})

test('[T4] control characters and broken text are not shown', () => {
  expect(said(100, 'a\u0000\u001b[31mb\n\t', 'x\udc31y').shown).toEqual(['a[31mb\n\t', 'x\ufffdy'])
})

test('[L7] an answer over the limit is cut between characters, and takes nothing more', () => {
  const { answer, shown } = said(7, 'ab', 'é日🐱', 'c')
  expect(shown).toEqual(['ab', 'é日', ''])
  expect([answer.text, answer.truncated, answer.finish()]).toEqual(['abé日', true, ''])
  expect(said(2, 'ab').answer.truncated).toBe(false)
})

test('[L7] an agent that sends nothing anybody can see comes to its limit too', () => {
  const { answer } = said(10, '\u0000'.repeat(41))
  expect([answer.text, answer.truncated]).toEqual(['', true])
})
