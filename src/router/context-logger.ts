import { formatError } from '../lib/util.ts'

/** Writes a line of the log; whatever follows the message is logged as data. */
export type LogMethod = (message: string, ...data: unknown[]) => void

/** The logger of a route (`c.var.logger`) and of an agent (`context.logger`). It never throws. */
export type ContextLogger = { debug: LogMethod; info: LogMethod; warn: LogMethod; error: LogMethod }

/** Makes a logger that prints one line of JSON for each call: `time`, `level`, `message`, `data`, and the given fields. */
export function createContextLogger(fields: Readonly<Record<string, string>> = {}): ContextLogger {
  const method =
    (level: keyof ContextLogger): LogMethod =>
    (message, ...data) =>
      console[level](lineOf({ time: new Date().toISOString(), level, message, ...dataOf(data), ...fields }))
  return { debug: method('debug'), info: method('info'), warn: method('warn'), error: method('error') }
}

function dataOf(data: readonly unknown[]): { data?: unknown } {
  return data.length === 0 ? {} : { data: data.length === 1 ? data[0] : data }
}

/** Formats a record, of which JSON may know no form: data that has none is left out. */
function lineOf({ data, ...rest }: Record<string, unknown>): string {
  try {
    return JSON.stringify({ ...rest, data }, readable)
  } catch {
    return JSON.stringify({ ...rest, data: String(data) }) // it contains itself
  }
}

function readable(_key: string, value: unknown): unknown {
  if (value instanceof Error) return formatError(value)
  return typeof value === 'bigint' ? `${value}` : value
}
