import { expect, test } from 'vitest'
import { splitLines } from '../../src/lib/split-lines.ts'
import { streamOf } from '../support/streams.ts'

async function linesOf(chunks: (string | Uint8Array)[], maxLength = 100) {
  const lines: (string | null)[] = []
  for await (const line of splitLines(streamOf(...chunks), maxLength)) lines.push(line)
  return lines
}

test('lines are the same wherever the bytes are cut, and the last one needs no line feed', async () => {
  const bytes = new TextEncoder().encode('a\n\nnaïve 🐱\r\nend')
  const lines = ['a', '', 'naïve 🐱\r', 'end']
  expect(await linesOf([bytes])).toEqual(lines)
  expect(await linesOf([...bytes].map(byte => new Uint8Array([byte])))).toEqual(lines)
  expect(await linesOf(['a\n'])).toEqual(['a'])
  expect(await linesOf([])).toEqual([])
})

test('a line that is too long is null, even before it ends', async () => {
  expect(await linesOf(['abc\nabcd\nab'], 3)).toEqual(['abc', null, 'ab'])
  expect((await linesOf(['ab', 'cd', 'e\nf'], 3)).slice(0, 1)).toEqual([null])
})
