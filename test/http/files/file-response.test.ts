import { expect, test } from 'vitest'
import { fileResponse, requestedRange } from '../../../src/http/files/file-response.ts'

const file = { id: 'f', name: 'a.png', media_type: 'image/png', bytes: 100, sha256: '0'.repeat(64) }
const body = new Blob(['x']).stream()
const headersOf = (change: object) =>
  fileResponse({ ...file, ...change }, { body } as never, { range: null, headers: {} }).headers

test.each([
  [undefined, null],
  ['bytes=0-', { offset: 0, length: 100 }],
  ['bytes=10-19', { offset: 10, length: 10 }],
  ['bytes=90-200', { offset: 90, length: 10 }],
  ['bytes=-5', { offset: 95, length: 5 }],
  ['bytes=-500', { offset: 0, length: 100 }],
  ['bytes=-0', 'unsatisfiable'],
  ['bytes=100-', 'unsatisfiable'],
  ['bytes=9-8', 'unsatisfiable'],
  ['bytes=0-1,3-4', null],
  ['lines=1-2', null],
  ['bytes=-', null],
])('the range %s of 100 bytes is %j', (header, range) => {
  expect(requestedRange(header, 100)).toEqual(range)
})

test('a file is sandboxed; images are shown in place, all else is saved', () => {
  const image = headersOf({})
  expect(image.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'; sandbox")
  expect(image.get('content-disposition')).toBe(`inline; filename="a.png"; filename*=UTF-8''a.png`)
  const text = headersOf({ media_type: 'text/plain' })
  expect(text.get('content-disposition')).toMatch(/^attachment;/)
  expect(text.get('content-type')).toBe('text/plain; charset=utf-8')
})

test.each([
  ['naïve "file".txt', `attachment; filename="na_ve _file_.txt"; filename*=UTF-8''na%C3%AFve%20%22file%22.txt`],
  ["it's (1)*.txt", `attachment; filename="it's (1)*.txt"; filename*=UTF-8''it%27s%20%281%29%2A.txt`],
  ['100%25.txt', `attachment; filename="100_25.txt"; filename*=UTF-8''100%2525.txt`],
])('the name %s ends no header', (name, disposition) => {
  expect(headersOf({ name, media_type: 'text/plain' }).get('content-disposition')).toBe(disposition)
})

test('a part of a file says which', () => {
  const response = fileResponse(file, { body } as never, { range: { offset: 10, length: 5 }, headers: {} })
  expect([response.status, response.headers.get('content-range'), response.headers.get('content-length')]).toEqual([
    206,
    'bytes 10-14/100',
    '5',
  ])
})
