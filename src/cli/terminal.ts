import { styleText } from 'node:util'

type Style = Parameters<typeof styleText>[0]

/** The output of a program: results on one stream, everything else on the other. */
export type Terminal = {
  out(line: string): void // a result
  err(line: string): void // for the user; scripts do not read it
  paint(style: Style, text: string): string // plain if results go to a file, or NO_COLOR is set
  progress(label: string): Progress
}

/** A progress bar on a terminal; elsewhere it shows nothing. */
export type Progress = { at(done: number, total: number | null): void; end(): void }

/** The terminal of this process. */
export function processTerminal(): Terminal {
  return {
    out: line => void process.stdout.write(`${line}\n`),
    err: line => void process.stderr.write(`${line}\n`),
    paint: (style, text) => styleText(style, text, { stream: process.stdout }),
    progress: label => (process.stderr.isTTY ? progressBar(label) : { at: () => {}, end: () => {} }),
  }
}

const width = 30 // characters
const redrawMs = 80

function progressBar(label: string): Progress {
  let drawnAt = 0
  return {
    at(done, total) {
      const now = Date.now()
      if (now - drawnAt < redrawMs && done !== total) return
      drawnAt = now
      process.stderr.write(`\r\x1b[K${drawBar(label, done, total)}`)
    },
    end: () => void process.stderr.write('\r\x1b[K'),
  }
}

/** The text of a progress bar; without a total it only counts. */
function drawBar(label: string, done: number, total: number | null): string {
  if (total === null || total === 0) return `${label} ${done}`
  const share = Math.min(1, done / total)
  const full = Math.round(share * width)
  return `${label} ${'█'.repeat(full)}${'░'.repeat(width - full)} ${Math.floor(share * 100)} % (${done} of ${total})`
}

// C0 and C1 controls except tab and line feed: some move the cursor, retitle the window, or inject keystrokes.
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g

/** Makes other people's text safe to print. */
export function stripControlChars(text: string): string {
  return text.replace(controls, '')
}
