import { formatError } from './util.ts'

/** How a turn of an agent ended. */
export type TurnResult = 'answered' | 'stopped' | 'failed'

/** What is worth a line, and all that may stand in it: never a token, a ticket, an invitation or what people say. */
export type LogRecord = { request?: string | undefined; channel?: string | undefined } & (
  | { event: 'opened'; session: string; user: string | null; dialect: string; resumed: boolean }
  | {
      event: 'closed'
      session: string
      user: string | null
      code: number
      ms: number // since it opened
      frames: number // that came in
      refused?: Readonly<Record<string, number>> // by code
    }
  | { event: 'refused'; code: string; session: string; user: string | null } // the first of its code on a socket
  | {
      event: 'refused'
      code: string
      status: number
      method: string
      route: string // as it is written in the sources: nobody's input
      user: string | null
      left_out?: number // lines like this since the last one
    }
  | {
      event: 'turn'
      turn: string
      agent: string
      attempts: number
      ms: number // of its last call
      outcome: TurnResult
      code?: string // why it failed
    }
  | { event: 'wakeful'; cause: string; detail: string; dollars_a_month: number } // docs/cost.md
  | { event: 'fault'; at: string; error: string }
)

/** Where lines are printed: a shell's own console. */
export type LogOutput = { log(line: string): void; error(line: string): void }

/** Tells something to whoever operates this. */
export type Logger = (entry: LogRecord, now: number) => void

/** Which lines the setting `LOG` wants: `json`, which is also what is deployed, all of them; `faults` also what costs. */
export type LogSetting = 'json' | 'faults' | 'off'

/** A log as the setting `LOG` wants it. */
export function createLogger(setting: string | undefined, out: LogOutput): Logger {
  const wanted = readSetting(setting)
  if (wanted === 'off') return () => {}
  return (entry, now) => {
    if (entry.event === 'fault' || entry.event === 'wakeful') out.error(logLine(entry, now))
    else if (wanted === 'json') out.log(logLine(entry, now))
  }
}

/** An entry as one line of JSON. */
export function logLine(entry: LogRecord, now: number): string {
  return JSON.stringify({ time: new Date(now).toISOString(), level: levelOf(entry), ...entry }, clipped)
}

/** Something of ours failed. */
export function faultRecord(
  at: string,
  error: unknown,
  around: { request?: string; channel?: string } = {},
): LogRecord {
  return { event: 'fault', at, ...around, error: formatError(error).slice(0, longestError) }
}

function readSetting(setting: string | undefined): LogSetting {
  return setting === 'off' || setting === 'faults' ? setting : 'json'
}

function levelOf(entry: LogRecord): 'info' | 'warn' | 'error' {
  if (entry.event === 'fault') return 'error'
  if (entry.event === 'wakeful') return 'warn'
  return entry.event === 'refused' || (entry.event === 'turn' && entry.outcome === 'failed') ? 'warn' : 'info'
}

const longestError = 4_000
const longestText = 300 // an id may be as long as an issuer likes

function clipped(key: string, value: unknown): unknown {
  return typeof value === 'string' && key !== 'error' ? value.slice(0, longestText) : value
}
