import { expect, test } from 'vitest'
import { EphemeralState } from '../../../src/rooms/sessions/ephemeral-state.ts'
import { newSession } from '../../../src/rooms/sessions/session.ts'

function aSession(id: string) {
  const principal = { id, name: id, kind: 'person' as const, role: 'member' as const, expires: null }
  const bucket = { messages: 0, bytes: 0, at: 0, refusals: [] }
  return newSession({ id: `s-${id}`, dialect: 'native', agent: null, principal }, bucket, 0)
}

test('[P1] what is noted of a few is replaced by nothing when a crowd comes, once, and not left behind', () => {
  const moment = new EphemeralState([])
  for (let index = 1; index <= 100; index++) moment.presence.join(aSession(`user${index}`))
  const few = moment.snapshot()
  expect([few.isNew, few.notes.presence?.joined.length]).toEqual([true, 100])
  moment.presence.join(aSession('one too many'))
  const crowd = moment.snapshot()
  expect(crowd).toEqual({ isNew: true, notes: { version: few.notes.version + 1, presence: null, typing: [] } })
  moment.presence.join(aSession('and another'))
  expect(moment.snapshot()).toEqual({ ...crowd, isNew: false })
})

test('[P1] when a crowd was told, what comes after it is noted again', () => {
  const moment = new EphemeralState([])
  for (let index = 1; index <= 101; index++) moment.presence.join(aSession(`user${index}`))
  moment.snapshot()
  moment.flush(10_000)
  expect(moment.snapshot().notes.presence).toMatchObject({ joined: [], toldAt: 10_000 })
})
