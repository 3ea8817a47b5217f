import { expect, test } from 'vitest'
import type { Principal } from '../../../src/auth/principal.ts'
import { sessionsWithToken } from '../../../src/rooms/sessions/access.ts'
import { start, TestRoom } from '../../support/test-room.ts'

test('[A6] a revocation ends tokens issued up to its millisecond, and none issued after', () => {
  const room = new TestRoom()
  const connect = (name: string, principal: Partial<Principal>) => {
    const { id } = room.open(name, { expires: start + 3_600_000 })
    const session = room.room.context.sessions.get(id)
    if (session?.principal) Object.assign(session.principal, { id: 'ada', ...principal })
    return id
  }
  room.open('ada', { kind: 'guest' }) // the same id, without a token
  const [before, same, after, undated] = [
    connect('ada', { issued: start - 1 }),
    connect('ada', { issued: start }),
    connect('ada', { issued: start + 1 }),
    connect('ada', { issued: undefined }),
  ]
  const ended = sessionsWithToken(room.room.context, 'ada', start).map(({ id }) => id)
  expect(ended).toEqual([before, same, undated])
  expect(ended).not.toContain(after)
})
