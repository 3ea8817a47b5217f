import { expect, test } from 'vitest'
import { requestIdOf } from '../../src/lib/request-id.ts'

const idOf = (headers: Record<string, string>) => requestIdOf(new Headers(headers), () => 'fresh')

test('a request id is the one of the network, else the one of the sender, else a new one', () => {
  expect(idOf({ 'cf-ray': '8f2a-VIE', 'x-request-id': 'mine' })).toBe('8f2a-VIE')
  expect(idOf({ 'x-request-id': 'deploy-42.1_a' })).toBe('deploy-42.1_a')
  expect(idOf({})).toBe('fresh')
})

test.each(['', ' ', '-x', 'a b', 'a"b', 'a\u00e9', 'a{b}', 'x'.repeat(65), '../../etc'])(
  '%j is not a valid request id',
  text => {
    expect(idOf({ 'x-request-id': text })).toBe('fresh')
  },
)
