import assert from 'node:assert/strict'
import { assertOpen, type Case, closedAtEnd, isOwnFrame } from '../case.ts'

/** Frames that are refused unread: the refusal names the command, so that a client knows which one it was. */
export const clientCases: Case[] = [
  unreadCase('over 64 KiB, id first', `{"type":"message","id":"c1","data":${content(70_000)}}`, 'too_large'),
  unreadCase('over 64 KiB, id last', `{"type":"message","data":${content(70_000)},"id":"c1"}`, 'too_large'),
  unreadCase(
    '20 levels deep',
    `{"type":"signal","id":"c1","data":{"name":"x","value":${'['.repeat(20)}${']'.repeat(20)}}}`,
    'too_deep',
  ),
]

function content(length: number): string {
  return JSON.stringify({ content: 'x'.repeat(length) })
}

function unreadCase(input: string, frame: string, code: string): Case {
  return {
    area: 'native',
    input: `a command ${input}`,
    expected: `${code} under its id, open`,
    async run(harness) {
      await using socket = await closedAtEnd(harness.openNative())
      await socket.next(({ type }) => type === 'welcome')
      socket.send(frame)
      const { type, data } = await socket.next(isOwnFrame)
      assert.deepEqual([type, data?.code, data?.id], ['error', code, 'c1'])
      await assertOpen(socket)
    },
  }
}
