// Every message starts with a marker: `@@`, its sender (2 digits), its seq (8) and its send time (16, µs since the Unix
// epoch). Digits of fixed width are found and read in the received bytes: no string is made, nothing is parsed.

const messageBytes = 200
const senderOffset = 2
const seqOffset = 4
const timeOffset = 12

/** The byte that a marker starts with, twice. */
export const atSign = 0x40

/** The length of a marker. */
export const markerBytes = 28

/** The prefix that starts a marker. */
export const markerPrefix = Buffer.from('@@')

/** Returns the current time as markers carry it. */
export const nowMicros = () => Math.round((performance.timeOrigin + performance.now()) * 1_000)

/** Creates a message of `bytes` bytes that carries its sender, its seq and its send time. */
export function createPayload(sender: number, seq: number, micros: number, bytes = messageBytes): string {
  return `@@${digits(sender, 2)}${digits(seq, 8)}${digits(micros, 16)}`.padEnd(bytes, 'lorem ipsum dolor sit amet ')
}

const digits = (value: number, width: number) => value.toString().padStart(width, '0')

/** Reads the sender from a marker. */
export const readSender = (bytes: Buffer, marker: number) => readDigits(bytes, marker + senderOffset, 2)

/** Reads the seq from a marker. */
export const readSeq = (bytes: Buffer, marker: number) => readDigits(bytes, marker + seqOffset, 8)

/** Reads the send time from a marker, in µs since the Unix epoch. */
export const readMicros = (bytes: Buffer, marker: number) => readDigits(bytes, marker + timeOffset, 16)

function readDigits(bytes: Buffer, from: number, width: number): number {
  let value = 0
  for (let index = from; index < from + width; index++) value = value * 10 + (bytes[index] as number) - 0x30
  return value
}
