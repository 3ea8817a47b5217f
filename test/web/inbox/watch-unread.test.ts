import { expect, test } from 'vitest'
import type { UnreadChannel } from '../../../src/protocol/inbox.ts'
import { withAnswer } from '../../../src/web/inbox/watch-unread.ts'

const channel = (name: string, messages: number): UnreadChannel => ({
  ...{ channel: `circle:${name}`, messages, first: messages === 0 ? null : 1 },
  ...{ mentions: 0, replies: 0, direct: 0, approvals: 0, failures: 0 },
})

test('[I5] an answer changes the counts of the channels that it names', () => {
  const before = withAnswer(new Map(), [channel('a', 2), channel('b', 1)])
  expect(withAnswer(before, [channel('b', 0), channel('c', 7), channel('d', 0)])).toEqual(
    new Map([
      ['circle:a', 2],
      ['circle:c', 7],
    ]),
  )
})
