import { createHash } from 'node:crypto'
import { joined } from '../../lib/bytes.ts'
import type { FileContent } from '../../rpc/files.ts'
import { sniff, sniffedBytes } from './sniff.ts'

/** What a bucket does with the bytes of an upload. */
export type PutBytes = (bytes: ReadableStream<Uint8Array>, contentType: string) => Promise<unknown>

/** The body ended early, or went on after the length that it had announced. */
export class WrongLength extends Error {
  override readonly name = 'WrongLength'
}

/**
 * Passes the bytes of an upload to a bucket as they come, of which only the first are held, and says what they are. Throws
 * `WrongLength` if there are not as many as were announced.
 */
export async function storeUpload(
  body: ReadableStream<Uint8Array>,
  length: number,
  put: PutBytes,
): Promise<FileContent> {
  const reader = body.getReader()
  const head = await readHead(reader)
  const isAll = head.byteLength < sniffedBytes
  if (isAll && head.byteLength !== length) throw new WrongLength() // seen before the bucket has been asked for anything
  const content = sniff(head)
  const { readable, writable } = new FixedLengthStream(length)
  const hash = createHash('sha256')
  const written = copy(head, { reader, writer: writable.getWriter(), length, hash })
  // Both are awaited, so that neither fails unseen; what the copy says is the better reason.
  const [copied, stored] = await Promise.allSettled([written, put(readable, content.media_type)])
  if (copied.status === 'rejected') throw copied.reason
  if (stored.status === 'rejected') throw stored.reason
  return { ...content, sha256: hash.digest('hex') }
}

type Reader = ReadableStreamDefaultReader<Uint8Array>

async function readHead(reader: Reader): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let length = 0
  while (length < sniffedBytes) {
    const { done, value } = await reader.read()
    if (done) break
    parts.push(value)
    length += value.byteLength
  }
  return joined(parts)
}

async function copy(
  head: Uint8Array,
  {
    reader,
    writer,
    length,
    hash,
  }: {
    reader: Reader
    writer: WritableStreamDefaultWriter<Uint8Array>
    length: number
    hash: ReturnType<typeof createHash>
  },
): Promise<void> {
  let left = length
  try {
    for (let part: Uint8Array | undefined = head; part !== undefined; part = (await reader.read()).value) {
      left -= part.byteLength
      if (left < 0) throw new WrongLength()
      hash.update(part)
      await writer.write(part)
    }
    if (left > 0) throw new WrongLength()
    await writer.close()
  } catch (error) {
    await writer.abort(error).catch(() => {}) // it has failed already
    throw error
  }
}
