import { expect, test } from 'vitest'
import { readLines, readText } from '../../src/cli/input-text.ts'

async function* input(...chunks: (string | number[])[]) {
  for (const chunk of chunks) yield Buffer.from(chunk as string)
}

async function linesOf(...chunks: (string | number[])[]) {
  const lines = []
  for await (const line of readLines(input(...chunks))) lines.push(line)
  return lines
}

const mark = '\ufeff'

test('[cli] a byte order mark at the start of the input is no part of its text', async () => {
  expect(await readText(input(`${mark}hello\n${mark}`))).toBe(`hello\n${mark}`)
  expect(await linesOf(`${mark}one\r\ntwo\n\nfo`, 'ur')).toEqual([
    { text: 'one', line: 1 },
    { text: 'two', line: 2 },
    { text: '', line: 3 },
    { text: 'four', line: 4 },
  ])
})

test('[cli] a character that is split between chunks is whole', async () => {
  expect(await readText(input([0xc3], [0xa9]))).toBe('é')
  expect(await linesOf([0xc3], [0xa9, 0x0a])).toEqual([{ text: 'é', line: 1 }])
})

test.each([
  [[0x63, 0x61, 0x66, 0xe9], 4, '0xe9'], // latin-1
  [[0xff, 0xfe, 0x68, 0x00], 1, '0xff'], // UTF-16
  [[0x61, 0xef, 0x62], 2, '0xef'], // the first byte of a replacement character
  [[0x61, 0xef, 0xbf], 2, '0xef'], // … and the second
  [[0xed, 0xa0, 0x80], 1, '0xed'], // half of a surrogate pair
  [[0xc0, 0xaf], 1, '0xc0'], // longer than it need be
])('[cli] of %j, the byte that is not UTF-8 is named', async (bytes, at, hex) => {
  await expect(readText(input('one\n', bytes))).rejects.toThrow(`byte ${hex} in line 2, at byte ${4 + at} of all.`)
  expect(await linesOf('one\n', bytes, '\nthree')).toEqual([
    { text: 'one', line: 1 },
    { invalid: `it is not UTF-8: byte ${hex} at ${at}.`, line: 2 },
    { text: 'three', line: 3 },
  ])
})

test('[cli] a replacement character is a character', async () => {
  expect(await readText(input('a\ufffdb'))).toBe('a\ufffdb')
})
