import { expect, test } from 'vitest'
import { exactJson } from '../../src/protocol/exact-json.ts'

test('data is shown as indented JSON', () => {
  expect(exactJson({ version: '1.2', to: ['eu', 'é😀'] })).toBe(
    '{\n  "version": "1.2",\n  "to": [\n    "eu",\n    "é😀"\n  ]\n}',
  )
})

test('characters that cannot be seen are written as their codes, and the JSON stays the same', () => {
  const data = {
    path: '/srv\u202e/gpj.exe',
    name: 'a\u200bb\u2028c\u00adé\u{e0041}\u3164',
    key: '\n\u0000\u007f\u0085',
  }
  const text = exactJson(data)
  expect(text).toMatch(/^[\n\u0020-\u007eé]*$/)
  expect(JSON.parse(text)).toEqual(data)
})
