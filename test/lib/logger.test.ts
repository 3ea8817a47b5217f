import { expect, test } from 'vitest'
import { createLogger, faultRecord, type LogRecord, logLine } from '../../src/lib/logger.ts'

const now = Date.UTC(2026, 10, 21, 9)
const refused = { event: 'refused', code: 'rate_limited', session: 's1', user: 'ada' } as const
const failed: LogRecord = {
  event: 'turn',
  turn: 't1',
  agent: 'pickle',
  attempts: 3,
  ms: 9,
  outcome: 'failed',
  code: 'agent_timeout',
}

/** The lines printed under a setting, each with the console method. */
function printedLines(setting: string | undefined, ...records: LogRecord[]): [string, unknown][] {
  const lines: [string, unknown][] = []
  const out = {
    log: (line: string) => void lines.push(['log', JSON.parse(line)]),
    error: (line: string) => void lines.push(['error', JSON.parse(line)]),
  }
  const log = createLogger(setting, out)
  for (const record of records) log(record, now)
  return lines
}

test('a record is one line of JSON that starts with its time and level', () => {
  expect(logLine({ request: 'r1', channel: 'circle:dev', ...refused }, now)).toBe(
    '{"time":"2026-11-21T09:00:00.000Z","level":"warn","request":"r1","channel":"circle:dev",' +
      '"event":"refused","code":"rate_limited","session":"s1","user":"ada"}',
  )
})

test('a line break in a name is escaped, and a long id is cut', () => {
  const line = logLine({ ...refused, user: `a\n{"level":"error"}${'x'.repeat(1_000)}` }, now)
  expect(line).not.toContain('\n')
  expect(JSON.parse(line).user).toHaveLength(300)
})

test('LOG selects all records, the faults, or none; an unknown value means all', () => {
  const records: LogRecord[] = [refused, failed, faultRecord('room', 'broken')]
  const levels = (setting?: string) =>
    printedLines(setting, ...records).map(([on, line]) => [on, (line as { level: string }).level])
  const all = [
    ['log', 'warn'],
    ['log', 'warn'],
    ['error', 'error'],
  ]
  expect(levels()).toEqual(all)
  expect(levels('json')).toEqual(all)
  expect(levels('loud')).toEqual(all)
  expect(levels('faults')).toEqual([['error', 'error']])
  expect(levels('off')).toEqual([])
})

test('a fault record contains the stack of the error', () => {
  const [[, line] = []] = printedLines('json', faultRecord('room', new Error('broken'), { channel: 'circle:dev' }))
  expect(line).toMatchObject({ event: 'fault', at: 'room', channel: 'circle:dev', level: 'error' })
  expect((line as { error: string }).error).toMatch(/^Error: broken\n +at /)
})
