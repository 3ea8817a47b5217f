import { expect, test } from 'vitest'
import { readVisit, type Visit, writeVisit } from '../../src/rooms/visit.ts'

const name = 'Ådå 👩‍🚀 "the\\first" % \u0000\u007f'
const visit: Visit = {
  channel: 'dev',
  principal: { id: 'a', name, kind: 'person', role: 'member', expires: 1, issued: 0 },
  dialect: 'native',
  agent: null,
  ticket: null,
  since: 3,
  epoch: 'e',
}

test('a visit goes through a header as it is, whatever somebody is called', () => {
  const header = writeVisit(visit)
  expect(header).toMatch(/^[ -~]+$/)
  expect(readVisit(header)).toEqual(visit)
  expect(readVisit(new Headers({ visit: header }).get('visit'))).toEqual(visit)
})

test('an upgrade that the Worker says nothing of is a bug', () => {
  expect(() => readVisit(null)).toThrow('the Worker must say who visits')
})
