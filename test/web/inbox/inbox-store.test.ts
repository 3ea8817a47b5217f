import { expect, test } from 'vitest'
import type { InboxItem } from '../../../src/protocol/inbox.ts'
import { withInboxFrame } from '../../../src/web/inbox/inbox-store.ts'
import { itemKey } from '../../../src/web/inbox/item-text.ts'
import { messagePath, parseRoute } from '../../../src/web/nav/route.ts'
import { t } from '../../../src/web/words/words.ts'
import '../english.ts'

const item = (seq: number, more: Partial<InboxItem> = {}): InboxItem => ({
  ...{
    channel: 'circle:dev',
    epoch: 'e',
    seq,
    kind: 'mention',
    at: '2026-11-29T10:00:00.000Z',
    root: null,
    read: false,
  },
  from: { id: 'bob', name: 'Bob' },
  ...more,
})
const seqs = (items: readonly InboxItem[]) => items.map(({ seq }) => seq)

test('[I1] what is told of an inbox changes what waits in it', () => {
  let items = withInboxFrame([], { type: 'inbox', data: { items: [item(3)] } })
  items = withInboxFrame(items, { type: 'inbox_item', data: item(4, { kind: 'reply', root: 1 }) })
  items = withInboxFrame(items, { type: 'inbox_item', data: item(5, { kind: 'approval', approval: 'a1' }) })
  items = withInboxFrame(items, { type: 'inbox_item', data: item(5, { kind: 'approval', approval: 'a1' }) })
  expect(seqs(items)).toEqual([5, 4, 3])
  const read = (seq: number, root: number | null, channel = 'circle:dev') =>
    withInboxFrame(items, { type: 'inbox_read', data: { channel, seq, root, only: false } })
  expect(seqs(read(9, null, 'circle:other'))).toEqual([5, 4, 3])
  expect(seqs(read(9, null))).toEqual([5, 4]) // an approval waits, and a thread is read in the thread
  expect(seqs(read(9, 1))).toEqual([5, 3])
  const one = { channel: 'circle:dev', seq: 4, root: null, only: true }
  expect(seqs(withInboxFrame(items, { type: 'inbox_read', data: one }))).toEqual([5, 3])
  const closed = withInboxFrame(items, { type: 'inbox_closed', data: { channel: 'circle:dev', approval: 'a1' } })
  expect(seqs(closed)).toEqual([4, 3])
})

test('an item says what it is about, and its address leads to the message', () => {
  expect(t(itemKey({ kind: 'mention', root: 1 }), { name: 'Ada' })).toBe('Ada mentioned you in a thread')
  expect(messagePath('circle:dev', 12)).toBe('/c/dev/12')
  expect(parseRoute('/c/dev/12')).toEqual({ kind: 'circle', name: 'dev', seq: 12 })
  expect(parseRoute('/c/dev')).toEqual({ kind: 'circle', name: 'dev' })
  expect(parseRoute('/c/dev/x')).toBeNull()
})
