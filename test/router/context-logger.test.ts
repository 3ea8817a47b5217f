import { afterEach, expect, test, vi } from 'vitest'
import { createContextLogger } from '../../src/router/context-logger.ts'

/** What the four methods of the console printed, as they printed it. */
function recordConsole() {
  const lines: [string, Record<string, unknown>][] = []
  for (const level of ['debug', 'info', 'warn', 'error'] as const) {
    vi.spyOn(console, level).mockImplementation((line: string) => void lines.push([level, JSON.parse(line)]))
  }
  return lines
}

afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

test('each call is one line of JSON, on the level of the console that it names', () => {
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 29) })
  const lines = recordConsole()
  const logger = createContextLogger({ agent: 'echo' })
  logger.debug('a')
  logger.info('b', { message: 'hello' })
  logger.warn('c', 1, 'two')
  logger.error('d', null)
  const time = '2026-11-29T00:00:00.000Z'
  expect(lines).toEqual([
    ['debug', { time, level: 'debug', message: 'a', agent: 'echo' }],
    ['info', { time, level: 'info', message: 'b', agent: 'echo', data: { message: 'hello' } }],
    ['warn', { time, level: 'warn', message: 'c', agent: 'echo', data: [1, 'two'] }],
    ['error', { time, level: 'error', message: 'd', agent: 'echo', data: null }],
  ])
})

test('an error is logged with its stack, wherever it stands', () => {
  const lines = recordConsole()
  createContextLogger().error('failed', { error: new RangeError('too far') })
  expect(lines[0]?.[1]).toMatchObject({ data: { error: expect.stringMatching(/^RangeError: too far\n {4}at /) } })
})

test('values that JSON has no form for do not make the logger throw', () => {
  const lines = recordConsole()
  const itself: { own?: unknown } = {}
  itself.own = itself
  const logger = createContextLogger()
  logger.info('itself', itself)
  logger.info('big', 2n ** 64n)
  logger.info('function', () => {})
  expect(lines.map(([, { data }]) => data)).toEqual(['[object Object]', '18446744073709551616', undefined])
})
