import { expect, test } from 'vitest'
import { imageTypes, sniff } from '../../../src/http/files/sniff.ts'

const bytes = (...parts: (string | number[])[]): Uint8Array =>
  Uint8Array.from(parts.flatMap(part => (typeof part === 'string' ? [...Buffer.from(part, 'latin1')] : part)))

const png = bytes('\u0089PNG\r\n\u001a\n', [0, 0, 0, 13], 'IHDR', [0, 0, 1, 64, 0, 0, 0, 200])
const gif = bytes('GIF89a', [64, 1, 200, 0])
const jpegFrame = (width: number, height: number) => [
  ...[0xff, 0xc0, 0, 17, 8, height >> 8, height & 255, width >> 8, width & 255, 3, 0, 0],
]
const app0 = [0xff, 0xe0, 0, 4, 0, 0]
/** EXIF data that says how a photo is turned. */
const exif = (orientation: number) => {
  const tiff = [
    ...bytes('II', [42, 0, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0, 0, 0, 0, 0]),
  ]
  const data = [...bytes('Exif', [0, 0]), ...tiff]
  return [0xff, 0xe1, 0, data.length + 2, ...data]
}
const webp = (chunk: string, ...rest: number[]) => bytes('RIFF', [0, 0, 0, 0], 'WEBP', chunk, [10, 0, 0, 0], rest)

test.each([
  ['a PNG', png, { media_type: 'image/png', width: 320, height: 200 }],
  ['a GIF', gif, { media_type: 'image/gif', width: 320, height: 200 }],
  ['a JPEG', bytes([0xff, 0xd8], app0, jpegFrame(320, 200)), { media_type: 'image/jpeg', width: 320, height: 200 }],
  [
    'a JPEG that is shown upright',
    bytes([0xff, 0xd8], exif(1), jpegFrame(320, 200)),
    { media_type: 'image/jpeg', width: 320, height: 200 },
  ],
  [
    'a JPEG that is shown turned by a quarter',
    bytes([0xff, 0xd8], exif(6), jpegFrame(320, 200)),
    { media_type: 'image/jpeg', width: 200, height: 320 },
  ],
  ['a JPEG that is cut off', bytes([0xff, 0xd8, 0xff], [0xe0]), { media_type: 'image/jpeg' }],
  [
    'a lossy WebP',
    webp('VP8 ', 0, 0, 0, 0x9d, 0x01, 0x2a, 64, 1, 200, 0),
    { media_type: 'image/webp', width: 320, height: 200 },
  ],
  [
    'a lossless WebP',
    webp('VP8L', 0x2f, ...[319 & 255, (319 >> 8) | ((199 & 3) << 6), 199 >> 2, 0], 0, 0, 0, 0, 0),
    { media_type: 'image/webp', width: 320, height: 200 },
  ],
  [
    'a large WebP',
    webp('VP8X', 0, 0, 0, 0, ...[63, 1, 0], ...[199, 0, 0]),
    { media_type: 'image/webp', width: 320, height: 200 },
  ],
  ['an AVIF', bytes([0, 0, 0, 32], 'ftypavif'), { media_type: 'image/avif' }],
  ['a film', bytes([0, 0, 0, 32], 'ftypisom'), { media_type: 'video/mp4' }],
  ['a PDF', bytes('%PDF-1.7\n'), { media_type: 'application/pdf' }],
  ['an archive', bytes('PK\u0003\u0004'), { media_type: 'application/zip' }],
  ['a text', new TextEncoder().encode('naïve\n'), { media_type: 'text/plain' }],
  [
    'a text that is cut off within a character',
    new TextEncoder().encode('naï').slice(0, 3),
    { media_type: 'text/plain' },
  ],
  ['a page', bytes('<!doctype html><script>alert(1)</script>'), { media_type: 'text/plain' }],
  ['a drawing that can run scripts', bytes('<svg xmlns="http://www.w3.org/2000/svg">'), { media_type: 'text/plain' }],
  ['bytes', bytes([0, 1, 2, 3]), { media_type: 'application/octet-stream' }],
  ['a PNG without a size', bytes('\u0089PNG\r\n\u001a\n'), { media_type: 'application/octet-stream' }],
  [
    'a PNG of an impossible size',
    bytes('\u0089PNG\r\n\u001a\n', [0, 0, 0, 13], 'IHDR', [255, 0, 0, 0, 0, 0, 0, 9]),
    { media_type: 'image/png' },
  ],
])('what a file is, its first bytes say: %s', (_, head, expected) => {
  expect(sniff(head)).toEqual(expected)
})

test('only types are images that no browser runs', () => {
  expect([...imageTypes].filter(type => /svg|html|xml/.test(type))).toEqual([])
})

test('no bytes make it fail or read beyond them', () => {
  for (const whole of [
    png,
    gif,
    bytes([0xff, 0xd8], exif(6), jpegFrame(320, 200)),
    webp('VP8X', 0, 0, 0, 0, 1, 1, 1),
  ]) {
    for (let length = 0; length <= whole.length; length++) sniff(whole.slice(0, length))
    for (let at = 0; at < whole.length; at++) for (const value of [0, 255]) sniff(whole.with(at, value))
  }
})
