import { CliError } from './exit-codes.ts'

const lineFeed = 0x0a
const carriageReturn = 0x0d

/** A line of the input, counted from 1; or why it is not text. */
export type InputLine = { text: string; line: number } | { invalid: string; line: number }

/** Reads all of the input as UTF-8, without a byte order mark. Rejects if it is not UTF-8, naming the first wrong byte. */
export async function readText(input: AsyncIterable<Uint8Array | string>): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of input) chunks.push(Buffer.from(chunk as Uint8Array))
  const bytes = Buffer.concat(chunks)
  const wrong = wrongByte(bytes)
  if (wrong !== null) {
    const line = bytes.subarray(0, wrong.at).reduce((lines, byte) => (byte === lineFeed ? lines + 1 : lines), 1)
    throw new CliError(
      'usage',
      `The input is not UTF-8: byte ${wrong.hex} in line ${line}, at byte ${wrong.at + 1} of all.`,
    )
  }
  return withoutMark(bytes.toString())
}

/** Reads the lines of the input as UTF-8, each as soon as it is there. The first has no byte order mark. */
export async function* readLines(input: AsyncIterable<Uint8Array | string>): AsyncGenerator<InputLine> {
  let rest: Buffer = Buffer.alloc(0)
  let line = 0
  for await (const chunk of input) {
    rest = Buffer.concat([rest, Buffer.from(chunk as Uint8Array)])
    for (let end = rest.indexOf(lineFeed); end !== -1; end = rest.indexOf(lineFeed)) {
      yield lineOf(rest.subarray(0, end), ++line)
      rest = rest.subarray(end + 1)
    }
  }
  if (rest.byteLength > 0) yield lineOf(rest, ++line)
}

function lineOf(bytes: Buffer, line: number): InputLine {
  const wrong = wrongByte(bytes)
  if (wrong !== null) return { invalid: `it is not UTF-8: byte ${wrong.hex} at ${wrong.at + 1}.`, line }
  const text = bytes.at(-1) === carriageReturn ? bytes.toString('utf8', 0, bytes.byteLength - 1) : bytes.toString()
  return { text: line === 1 ? withoutMark(text) : text, line }
}

function withoutMark(text: string): string {
  return text.replace(/^\ufeff/, '')
}

const replacement = Buffer.from('\ufffd')

/** The first byte that is not UTF-8, or null. */
function wrongByte(bytes: Buffer): { at: number; hex: string } | null {
  let at = 0
  // Decoded and encoded again, the texts differ first where a replacement stands for the wrong byte.
  const again = Buffer.from(bytes.toString())
  if (again.equals(bytes)) return null
  while (at < bytes.byteLength && bytes[at] === again[at]) at++
  // The wrong bytes may be those with which the replacement begins.
  at -= [1, 2].find(back => again.subarray(at - back, at - back + 3).equals(replacement)) ?? 0
  return { at, hex: `0x${(bytes[at] ?? 0).toString(16).padStart(2, '0')}` }
}
