import { styleText } from 'node:util'

type Style = Parameters<typeof styleText>[0]

/** What a program prints: results on one stream, everything else on the other. */
export type Terminal = {
  out(line: string): void
  say(line: string): void // for the eyes of whoever sits there; scripts do not read it
  paint(style: Style, text: string): string // plain where the results go to a file, or NO_COLOR is set
  progress(label: string): Progress
}

/** A bar that fills on a terminal, and nothing elsewhere. */
export type Progress = { at(done: number, total: number | null): void; end(): void }

export function terminal(): Terminal {
  return {
    out: line => void process.stdout.write(`${line}\n`),
    say: line => void process.stderr.write(`${line}\n`),
    paint: (style, text) => styleText(style, text, { stream: process.stdout }),
    progress: label => (process.stderr.isTTY ? bar(label) : { at: () => {}, end: () => {} }),
  }
}

const width = 30
const pauseMs = 80

function bar(label: string): Progress {
  let drawnAt = 0
  return {
    at(done, total) {
      const now = Date.now()
      if (now - drawnAt < pauseMs && done !== total) return
      drawnAt = now
      process.stderr.write(`\r\x1b[K${drawBar(label, done, total)}`)
    },
    end: () => void process.stderr.write('\r\x1b[K'),
  }
}

/** One line of progress; without a known total it only counts. */
export function drawBar(label: string, done: number, total: number | null): string {
  if (total === null || total === 0) return `${label} ${done}`
  const share = Math.min(1, done / total)
  const full = Math.round(share * width)
  return `${label} ${'█'.repeat(full)}${'░'.repeat(width - full)} ${Math.floor(share * 100)} % (${done} of ${total})`
}

// C0 and C1 controls but tab and line feed: some of them move the cursor, retitle the window or type for the reader.
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g

/** Somebody else's text, fit to be printed. */
export function stripControlChars(text: string): string {
  return text.replace(controls, '')
}
