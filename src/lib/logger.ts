import { formatError } from './util.ts'

/** The outcome of an agent's turn. */
export type TurnResult = 'answered' | 'stopped' | 'silent' | 'failed'

/** A log record. It never contains a token, a ticket, an invitation or the text of a message. */
export type LogRecord = { request?: string | undefined; channel?: string | undefined } & (
  | { event: 'opened'; session: string; user: string | null; dialect: string; resumed: boolean }
  | {
      event: 'closed'
      session: string
      user: string | null
      code: number
      ms: number // since it opened
      frames: number // received
      refused?: Readonly<Record<string, number>> // by code
    }
  | { event: 'refused'; code: string; session: string; user: string | null } // the first of its code on a socket
  | {
      event: 'refused'
      code: string
      status: number
      method: string
      route: string // as written in the source, so it contains no input
      user: string | null
      left_out?: number // records like this one suppressed since the last
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

/** The console that records are printed to. */
type LogOutput = { log(line: string): void; error(line: string): void }

/** Logs a record for the operator. */
export type Logger = (record: LogRecord, now: number) => void

/** The values of the setting LOG: all records (`json`, the default), faults and wakefulness (`faults`), or none. */
type LogSetting = 'json' | 'faults' | 'off'

/** Makes a logger for a value of the setting LOG. */
export function createLogger(setting: string | undefined, out: LogOutput): Logger {
  const level = readSetting(setting)
  if (level === 'off') return () => {}
  return (record, now) => {
    if (record.event === 'fault' || record.event === 'wakeful') out.error(logLine(record, now))
    else if (level === 'json') out.log(logLine(record, now))
  }
}

/** Formats a record as one line of JSON. */
export function logLine(record: LogRecord, now: number): string {
  return JSON.stringify({ time: new Date(now).toISOString(), level: levelOf(record), ...record }, clipText)
}

/** Makes the record of an internal error, with its stack. */
export function faultRecord(
  at: string,
  error: unknown,
  context: { request?: string; channel?: string } = {},
): LogRecord {
  return { event: 'fault', at, ...context, error: formatError(error).slice(0, maxErrorLength) }
}

function readSetting(setting: string | undefined): LogSetting {
  return setting === 'off' || setting === 'faults' ? setting : 'json'
}

function levelOf(record: LogRecord): 'info' | 'warn' | 'error' {
  if (record.event === 'fault') return 'error'
  if (record.event === 'wakeful') return 'warn'
  return record.event === 'refused' || (record.event === 'turn' && record.outcome === 'failed') ? 'warn' : 'info'
}

const maxErrorLength = 4_000
const maxTextLength = 300 // an issuer may make ids of any length

function clipText(key: string, value: unknown): unknown {
  return typeof value === 'string' && key !== 'error' ? value.slice(0, maxTextLength) : value
}
