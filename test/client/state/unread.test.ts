import { expect, test } from 'vitest'
import type { EventFrame } from '../../../src/client/frames.ts'
import { Timeline } from '../../../src/client/state/timeline.ts'
import { unreadOf } from '../../../src/client/state/unread.ts'

test('to write is not to have read what came before', () => {
  const message = (seq: number, user: string): EventFrame => ({
    type: 'message',
    data: { content: 'hi', user_id: user, user_name: user, client_id: `c${seq}`, hop: 0 },
    seq,
    id: `c${seq}`,
    timestamp: new Date(seq).toISOString(),
    channel: 'circle:lobby',
  })
  const timeline = new Timeline()
  timeline.insert([message(1, 'bob'), message(2, 'bob'), message(3, 'ada'), message(4, 'bob')])
  const self = { id: 'ada', name: 'Ada', role: 'member', kind: 'person' } as const
  expect(unreadOf(timeline.entries, { lastRead: 1, self, names: [] })).toEqual({ count: 2, mentions: 0, first: 2 })
})
