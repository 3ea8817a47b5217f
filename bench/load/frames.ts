import { atSign, markerBytes, markerPrefix } from './payload.ts'

/** Receives the parts of a stream of WebSocket frames. */
export type FrameListener = {
  /** The payload of a text or binary frame, or of a fragment of one. */
  payload(bytes: Buffer, from: number, to: number): void
  ping(payload: Buffer): void
  close(code: number): void
}

const emptyBuffer = Buffer.alloc(0)

/** Reads server frames (RFC 6455 §5.2) from chunks, and copies only the frame that a chunk cuts in two. */
export class FrameReader {
  readonly #listener: FrameListener
  #rest: Buffer = emptyBuffer

  constructor(listener: FrameListener) {
    this.#listener = listener
  }

  /** Reads the bytes between `from` and `to`; the caller may reuse the buffer afterwards. */
  feed(chunk: Buffer, from: number, to: number): void {
    let bytes = chunk
    let next = from
    let end = to
    if (this.#rest.length > 0) {
      bytes = Buffer.concat([this.#rest, chunk.subarray(from, to)])
      next = 0
      end = bytes.length
      this.#rest = emptyBuffer
    }
    while (next < end) {
      const after = this.#readFrame(bytes, next, end)
      if (after === -1) break
      next = after
    }
    if (next < end) this.#rest = Buffer.from(bytes.subarray(next, end))
  }

  /** Reads one frame and returns where the next one begins, or -1 if this one is not complete. */
  #readFrame(bytes: Buffer, from: number, end: number): number {
    if (end - from < 2) return -1
    let length = (bytes[from + 1] as number) & 0x7f
    let payload = from + 2
    if (length === 126) {
      if (end - from < 4) return -1
      length = bytes.readUInt16BE(from + 2)
      payload = from + 4
    } else if (length === 127) {
      if (end - from < 10) return -1
      length = bytes.readUInt32BE(from + 2) * 2 ** 32 + bytes.readUInt32BE(from + 6)
      payload = from + 10
    }
    const after = payload + length
    if (after > end) return -1
    const opcode = (bytes[from] as number) & 0x0f
    if (opcode <= 2) this.#listener.payload(bytes, payload, after)
    else if (opcode === 9) this.#listener.ping(Buffer.from(bytes.subarray(payload, after)))
    else if (opcode === 8) this.#listener.close(length >= 2 ? bytes.readUInt16BE(payload) : 1005)
    return after
  }
}

/** Finds the markers in payloads. It tries the offset of the previous marker first and searches only if that fails. */
export class MarkerFinder {
  #offset = 0 // of the first marker in a payload
  #stride = markerBytes // from one marker to the next

  /** Calls `found` with the offset of each marker, and returns how many there are. */
  find(bytes: Buffer, from: number, to: number, found: (bytes: Buffer, marker: number) => void): number {
    const last = to - markerBytes // the last offset at which a marker can begin
    let marker = this.#guess(bytes, from, from + this.#offset, last)
    if (marker > last || marker === -1) return 0
    this.#offset = marker - from
    let count = 0
    while (marker !== -1 && marker <= last) {
      found(bytes, marker)
      count += 1
      const next = this.#guess(bytes, marker + markerBytes, marker + this.#stride, last)
      this.#stride = next > last || next === -1 ? this.#stride : next - marker
      marker = next
    }
    return count
  }

  #guess(bytes: Buffer, from: number, guess: number, last: number): number {
    if (guess <= last && bytes[guess] === atSign && bytes[guess + 1] === atSign) return guess
    return from > last ? -1 : bytes.indexOf(markerPrefix, from)
  }
}
