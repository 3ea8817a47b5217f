import { expect, test } from 'vitest'
import { requestIdOf } from '../../src/lib/request-id.ts'

const idOf = (headers: Record<string, string>) => requestIdOf(new Headers(headers), () => 'fresh')

test('a request is called as the network calls it, else as its sender does, else anew', () => {
  expect(idOf({ 'cf-ray': '8f2a-VIE', 'x-request-id': 'mine' })).toBe('8f2a-VIE')
  expect(idOf({ 'x-request-id': 'deploy-42.1_a' })).toBe('deploy-42.1_a')
  expect(idOf({})).toBe('fresh')
})

test.each(['', ' ', '-x', 'a b', 'a"b', 'a\u00e9', 'a{b}', 'x'.repeat(65), '../../etc'])(
  '%j is no request id',
  text => {
    expect(idOf({ 'x-request-id': text })).toBe('fresh')
  },
)
