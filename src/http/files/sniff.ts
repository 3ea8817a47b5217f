import type { FileContent } from '../../rpc/files.ts'

// What a file is, by its first bytes. What its sender or its name says is not believed: a page that a browser would run
// must not be served as one. Everything that is not listed here is bytes, or text if it reads as such.

/** How many of a file's first bytes are looked at: the size of a photo may come after 64 KB of other things. */
export const sniffedBytes = 131_072

type Sniffed = Omit<FileContent, 'sha256'>
type Size = { width: number; height: number }

/** What a file with these first bytes is. */
export function sniff(head: Uint8Array): Sniffed {
  const image = imageOf(head)
  if (image !== null) return image
  const found = signatures.find(({ bytes, at = 0 }) => hasBytes(head, bytes, at))
  return { media_type: found?.type ?? (isText(head) ? 'text/plain' : 'application/octet-stream') }
}

/** The images that browsers show and that cannot run anything. */
export const imageTypes: ReadonlySet<string> = new Set([
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/webp',
  'image/avif',
])

const signatures: readonly { type: string; bytes: string; at?: number }[] = [
  { type: 'image/avif', bytes: 'ftypavif', at: 4 },
  { type: 'video/mp4', bytes: 'ftyp', at: 4 },
  { type: 'video/webm', bytes: '\u001aE\u00df\u00a3' },
  { type: 'audio/mpeg', bytes: 'ID3' },
  { type: 'audio/ogg', bytes: 'OggS' },
  { type: 'audio/wav', bytes: 'WAVEfmt', at: 8 },
  { type: 'application/pdf', bytes: '%PDF-' },
  { type: 'application/zip', bytes: 'PK\u0003\u0004' },
  { type: 'application/gzip', bytes: '\u001f\u008b' },
]

function imageOf(head: Uint8Array): Sniffed | null {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength)
  if (hasBytes(head, '\u0089PNG\r\n\u001a\n') && hasBytes(head, 'IHDR', 12) && head.length >= 24)
    return withSize('image/png', { width: view.getUint32(16), height: view.getUint32(20) })
  if (hasBytes(head, 'GIF8') && head.length >= 10)
    return withSize('image/gif', { width: view.getUint16(6, true), height: view.getUint16(8, true) })
  if (hasBytes(head, 'RIFF') && hasBytes(head, 'WEBP', 8)) return withSize('image/webp', sizeOfWebp(view))
  return hasBytes(head, '\u00ff\u00d8\u00ff') ? withSize('image/jpeg', sizeOfJpeg(view)) : null
}

/** A size that cannot be is none. */
function withSize(type: string, size: Size | null): Sniffed {
  const isPossible = size !== null && size.width > 0 && size.height > 0 && Math.max(size.width, size.height) < 65_536
  return isPossible ? { media_type: type, ...size } : { media_type: type }
}

/** JPEG: segments of a marker and a length, up to the one that begins a frame. A photo may be turned by its EXIF data. */
function sizeOfJpeg(view: DataView): Size | null {
  let isTurned = false
  for (let at = 2; at + 9 < view.byteLength; at += 2 + view.getUint16(at + 2)) {
    if (view.getUint8(at) !== 0xff) return null
    const marker = view.getUint8(at + 1)
    if (marker === 0xe1) isTurned ||= isTurnedByExif(view, at + 4)
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc
    if (!isFrame) continue
    const [height, width] = [view.getUint16(at + 5), view.getUint16(at + 7)]
    return isTurned ? { width: height, height: width } : { width, height }
  }
  return null
}

/** EXIF: a small TIFF, whose tag 0x0112 is the orientation; 5 to 8 are turned by a quarter. */
function isTurnedByExif(view: DataView, at: number): boolean {
  const tiff = at + 6
  if (tiff + 8 > view.byteLength || view.getUint32(at) !== 0x45786966) return false
  const isLittle = view.getUint16(tiff) === 0x4949
  const entries = tiff + view.getUint32(tiff + 4, isLittle)
  if (entries + 2 > view.byteLength) return false
  const count = view.getUint16(entries, isLittle)
  for (let entry = entries + 2; entry < entries + 2 + count * 12 && entry + 12 <= view.byteLength; entry += 12) {
    if (view.getUint16(entry, isLittle) === 0x0112) return view.getUint16(entry + 8, isLittle) >= 5
  }
  return false
}

function sizeOfWebp(view: DataView): Size | null {
  if (view.byteLength < 30) return null
  switch (view.getUint32(12)) {
    case 0x56503820: // 'VP8 ': lossy
      return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff }
    case 0x5650384c: {
      // 'VP8L': lossless, 14 bits each
      const bits = view.getUint32(21, true)
      return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 }
    }
    case 0x56503858: // 'VP8X': extended, 24 bits each
      return { width: (view.getUint32(24, true) & 0xffffff) + 1, height: (view.getUint32(26, true) >>> 8) + 1 }
    default:
      return null
  }
}

function hasBytes(head: Uint8Array, text: string, at = 0): boolean {
  for (let index = 0; index < text.length; index++) if (head[at + index] !== text.charCodeAt(index)) return false
  return true
}

/** Reads as UTF-8 without control characters that no text has. The last character may be cut off. */
function isText(head: Uint8Array): boolean {
  try {
    return !/[\u0000-\u0008\u000e-\u001a\u001c-\u001f\u007f]/.test(
      new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(head, { stream: true }),
    )
  } catch {
    return false // it is not UTF-8
  }
}
