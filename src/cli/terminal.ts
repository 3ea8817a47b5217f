import { Writable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import { styleText } from 'node:util'
import { printable, printableJson } from './printable.ts'

type Style = Parameters<typeof styleText>[0]

/** A piece of a line, perhaps in a style. */
export type Span = string | { style: Style; text: string }

/** A line of output. Colors are kept apart from the text, which may be anybody's. */
export type Line = string | readonly Span[]

/**
 * The output of a program: results on one stream, everything else on the other. Nothing else prints, and all of it is made
 * safe here.
 */
export type Terminal = {
  out(line: Line): void // a result; lines after the first are indented
  err(line: Line): void // for the user; scripts do not read it
  json(value: unknown): void // a result, for programs
  page(text: string, stream: 'out' | 'err'): void // several lines
  jsonLines(): Writable // results that are JSON already
  progress(label: string): Progress
}

/** A progress bar on a terminal; elsewhere it shows nothing. */
export type Progress = { at(done: number, total: number | null): void; end(): void }

/** Marks text to be shown in a style: plain if results go to a file, or NO_COLOR is set. */
export function paint(style: Style, text: string): Span {
  return { style, text }
}

/** The streams of a program: those of a process, or a test's. */
export type Output = { stdout: Stream; stderr: Stream }
type Stream = Writable & { isTTY?: boolean }

/** The terminal of a program with these streams. */
export function terminalOn({ stdout, stderr }: Output): Terminal {
  return {
    out: line => void stdout.write(`${rendered(line, stdout)}\n`),
    err: line => void stderr.write(`${rendered(line, stderr)}\n`),
    json: value => void stdout.write(`${printableJson(JSON.stringify(value))}\n`),
    page: (text, stream) => void (stream === 'out' ? stdout : stderr).write(`${printable(text)}\n`),
    jsonLines: () => jsonWriter(stdout),
    progress: label => (stderr.isTTY ? progressBar(label, stderr) : { at: () => {}, end: () => {} }),
  }
}

function rendered(line: Line, stream: Stream): string {
  const spans = typeof line === 'string' ? [line] : line
  return spans
    .map(span => {
      const text = printable(typeof span === 'object' ? `${span.text}` : `${span}`).replaceAll('\n', '\n    ')
      return typeof span !== 'object' ? text : styleText(span.style, text, { stream })
    })
    .join('')
}

/** A stream that stays open at its end, as standard output does. */
function jsonWriter(stdout: Stream): Writable {
  const decoder = new StringDecoder('utf8') // a character may be split between chunks
  const print = (text: string, done: (error?: Error | null) => void) => void stdout.write(printableJson(text), done)
  return new Writable({
    write: (chunk, _, done) => print(decoder.write(chunk), done),
    final: done => print(decoder.end(), done),
  })
}

const width = 30 // characters
const redrawMs = 80

function progressBar(label: string, stderr: Stream): Progress {
  let drawnAt = 0
  return {
    at(done, total) {
      const now = Date.now()
      if (now - drawnAt < redrawMs && done !== total) return
      drawnAt = now
      stderr.write(`\r\x1b[K${drawBar(printable(label), done, total)}`)
    },
    end: () => void stderr.write('\r\x1b[K'),
  }
}

/** The text of a progress bar; without a total it only counts. */
function drawBar(label: string, done: number, total: number | null): string {
  if (total === null || total === 0) return `${label} ${done}`
  const share = Math.min(1, done / total)
  const full = Math.round(share * width)
  return `${label} ${'█'.repeat(full)}${'░'.repeat(width - full)} ${Math.floor(share * 100)} % (${done} of ${total})`
}
