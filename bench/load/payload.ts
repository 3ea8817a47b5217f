// Every message carries `@@`, its sender (2 digits), its number (8) and when it was sent (16, µs since the Unix
// epoch). Digits of fixed width are found and read in the bytes that arrived: no text is made, nothing is parsed.

export const messageBytes = 200
export const at = 0x40 // @
export const senderOffset = 2
const seqOffset = 4
const timeOffset = 12
export const markerBytes = 28
export const needle = Buffer.from('@@')

/** The time as messages carry it. */
export const nowMicros = () => Math.round((performance.timeOrigin + performance.now()) * 1_000)

/** A message of `bytes` that says who sent it, as which of theirs, and when. */
export function mark(sender: number, seq: number, micros: number, bytes = messageBytes): string {
  return `@@${digits(sender, 2)}${digits(seq, 8)}${digits(micros, 16)}`.padEnd(bytes, 'lorem ipsum dolor sit amet ')
}

const digits = (value: number, width: number) => value.toString().padStart(width, '0')

export const readSender = (bytes: Buffer, marker: number) => readDigits(bytes, marker + senderOffset, 2)
export const readSeq = (bytes: Buffer, marker: number) => readDigits(bytes, marker + seqOffset, 8)
export const readMicros = (bytes: Buffer, marker: number) => readDigits(bytes, marker + timeOffset, 16)

function readDigits(bytes: Buffer, from: number, width: number): number {
  let value = 0
  for (let index = from; index < from + width; index++) value = value * 10 + (bytes[index] as number) - 0x30
  return value
}
