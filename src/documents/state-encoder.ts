import { type Encoder, verifyLen, writeVarUint } from 'lib0/encoding'
import * as Y from 'yjs'

// Most of a state are the ids of neighbours and short texts. Written with one check of the buffer for each instead of one for
// each byte, a state of 4 MB takes about half the time (docs/decisions/0184-snapshots-with-a-tail.md).

const spareBytes = 128
const keptShare = 0.75 // of the memory that was taken; what takes less is copied
const idBytes = 20 // of a client and a clock, at most
const plainLength = 64 // of a text that is written here
const largestNumber = 0x7fff_ffff // that is written here

/**
 * The state of a document as one update, the same bytes as those of `Y.encodeStateAsUpdate`. `bytes`: how large it is, about;
 * memory is taken once for so many. `since`: without the structs that are in this state vector. What the document has pending
 * is left out.
 */
export function encodeState(doc: Y.Doc, bytes: number, since?: Uint8Array): Uint8Array {
  return Y.encodeStateAsUpdateV2(doc, since, new StateEncoder(bytes))
}

/** Writes the first update format of Yjs. */
class StateEncoder extends Y.UpdateEncoderV1 {
  constructor(bytes: number) {
    super()
    this.restEncoder.cbuf = new Uint8Array(bytes + spareBytes)
  }

  override toUint8Array(): Uint8Array {
    const { bufs, cbuf, cpos } = this.restEncoder
    const isFull = bufs.length === 0 && cpos >= keptShare * cbuf.byteLength
    return isFull ? cbuf.subarray(0, cpos) : super.toUint8Array()
  }

  override writeLeftID(id: Y.ID): void {
    writeId(this.restEncoder, id)
  }

  override writeRightID(id: Y.ID): void {
    writeId(this.restEncoder, id)
  }

  override writeString(text: string): void {
    if (text.length > plainLength || !writePlain(this.restEncoder, text)) super.writeString(text)
  }
}

function writeId(encoder: Encoder, { client, clock }: Y.ID): void {
  verifyLen(encoder, idBytes)
  writeNumber(encoder, client)
  writeNumber(encoder, clock)
}

/** Writes a number for which there is room. */
function writeNumber(encoder: Encoder, value: number): void {
  if (value > largestNumber) {
    writeVarUint(encoder, value)
    return
  }
  const { cbuf } = encoder
  let at = encoder.cpos
  let rest = value
  while (rest > 127) {
    cbuf[at++] = 128 | (rest & 127)
    rest >>>= 7
  }
  cbuf[at++] = rest
  encoder.cpos = at
}

/** Writes a short text after its length; returns false and writes nothing if it is not all ASCII. */
function writePlain(encoder: Encoder, text: string): boolean {
  verifyLen(encoder, 1 + plainLength)
  const { cbuf, cpos } = encoder
  cbuf[cpos] = text.length
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code > 127) return false
    cbuf[cpos + 1 + index] = code
  }
  encoder.cpos = cpos + 1 + text.length
  return true
}
