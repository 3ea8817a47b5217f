import { expect, test } from 'vitest'
import { readCaller, writeCaller } from '../../../src/rooms/sessions/caller-context.ts'
import type { CallerContext } from '../../../src/rpc/channel.ts'

const name = 'Ådå 👩‍🚀 "the\\first" % \u0000\u007f'
const caller: CallerContext = {
  channel: 'dev',
  principal: { id: 'a', name, kind: 'person', role: 'member', expires: 1, issued: 0 },
  dialect: 'native',
  agent: null,
  ticket: null,
  since: 3,
  epoch: 'e',
}

test('a caller context survives a header unchanged, with any name', () => {
  const header = writeCaller(caller)
  expect(header).toMatch(/^[ -~]+$/)
  expect(readCaller(header)).toEqual(caller)
  expect(readCaller(new Headers({ visit: header }).get('visit'))).toEqual(caller)
})

test('an upgrade that the Worker says nothing of is a bug', () => {
  expect(() => readCaller(null)).toThrow('expected the header x-circles-visit from the Worker, got none')
})
