import { expect, test } from 'vitest'
import type { Principal } from '../../../src/auth/principal.ts'
import { sessionsWithToken } from '../../../src/rooms/sessions/access.ts'
import { start, TestRoom } from '../../support/test-room.ts'

test('[A6] a revocation ends tokens issued until its very millisecond, and none issued after', () => {
  const room = new TestRoom()
  const came = (name: string, principal: Partial<Principal>) => {
    const { id } = room.open(name, { expires: start + 3_600_000 })
    const session = room.room.context.sessions.get(id)
    if (session?.principal) Object.assign(session.principal, { id: 'ada', ...principal })
    return id
  }
  room.open('ada', { kind: 'guest' }) // of the same name, without a token
  const [before, same, after, undated] = [
    came('ada', { issued: start - 1 }),
    came('ada', { issued: start }),
    came('ada', { issued: start + 1 }),
    came('ada', { issued: undefined }),
  ]
  const ended = sessionsWithToken(room.room.context, 'ada', start).map(({ id }) => id)
  expect(ended).toEqual([before, same, undated])
  expect(ended).not.toContain(after)
})
