import { expect, test } from 'vitest'
import { emptyState, withFrame } from '../../../src/client/state/state.ts'

const ada = { id: 'ada', name: 'Ada', kind: 'person', role: 'member' } as const

test('the user’s own role is the one that the channel tells everybody', () => {
  const state = { ...emptyState, self: ada }
  const presence = (id: string, role: 'reader' | 'member') =>
    withFrame(
      state,
      {
        type: 'presence',
        data: { joined: [], left: [], changed: [{ id, name: 'Ada', kind: 'person', role, sessions: 1 }], count: 2 },
      },
      0,
    ).self
  expect(presence('ada', 'reader')).toEqual({ ...ada, role: 'reader' })
  expect(presence('bob', 'reader')).toBe(ada)
  expect(presence('ada', 'member')).toBe(ada)
})
