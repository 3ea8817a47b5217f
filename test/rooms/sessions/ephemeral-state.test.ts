import { expect, test } from 'vitest'
import { EphemeralState } from '../../../src/rooms/sessions/ephemeral-state.ts'
import { newSession } from '../../../src/rooms/sessions/session.ts'

function sessionOf(id: string) {
  const principal = { id, name: id, kind: 'person' as const, role: 'member' as const, expires: null }
  const bucket = { messages: 0, bytes: 0, at: 0, refusals: [] }
  return newSession({ id: `s-${id}`, dialect: 'native', agent: null, principal }, bucket, 0)
}

test('[P1] the snapshot of a small channel is replaced by an empty one, once, when it becomes large', () => {
  const state = new EphemeralState([])
  for (let index = 1; index <= 100; index++) state.presence.join(sessionOf(`user${index}`))
  const small = state.snapshot()
  expect([small.isNew, small.snapshot.presence?.joined.length]).toEqual([true, 100])
  state.presence.join(sessionOf('one too many'))
  const large = state.snapshot()
  expect(large).toEqual({ isNew: true, snapshot: { version: small.snapshot.version + 1, presence: null, typing: [] } })
  state.presence.join(sessionOf('and another'))
  expect(state.snapshot()).toEqual({ ...large, isNew: false })
})

test('[P1] after a large batch was sent, later changes are in the snapshot again', () => {
  const state = new EphemeralState([])
  for (let index = 1; index <= 101; index++) state.presence.join(sessionOf(`user${index}`))
  state.snapshot()
  state.flush(10_000)
  expect(state.snapshot().snapshot.presence).toMatchObject({ joined: [], toldAt: 10_000 })
})
