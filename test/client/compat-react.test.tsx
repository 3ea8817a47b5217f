import { renderToString } from 'react-dom/server'
import { expect, expectTypeOf, test } from 'vitest'
import { type Circles, connect, type Draft } from '../../src/client/compat.ts'
import {
  CirclesProvider,
  type Messages,
  useAgents,
  useChannel,
  useCircle,
  useCircles,
  useConnection,
  useMessages,
  usePresence,
  useTurns,
  useTyping,
  useUnread,
  useWebSocket,
  useWebsocket,
} from '../../src/client/react-compat.ts'

// Every name of `circles-rooms/react` that 0.1 published, with the arguments and results it had.

const client = connect('http://circles.test', { name: 'ada' })

const Probe = ({ use }: { use: () => unknown }) => JSON.stringify(use())

/** The result of hooks in a component, as a server renders it. */
function rendered(use: () => unknown): unknown {
  const html = renderToString(
    <CirclesProvider client={client}>
      <Probe use={use} />
    </CirclesProvider>,
  )
  return JSON.parse(html.replaceAll('&quot;', '"'))
}

test('useCircles gives the client that the provider has, with close', () => {
  expect(
    rendered(() => {
      const circles: Circles = useCircles()
      return [circles === client, typeof circles.close]
    }),
  ).toEqual([true, 'function'])
})

test('useCircle gives a channel with the methods of 0.1', () => {
  const methods = ['say', 'remove', 'older', 'typing', 'stop', 'check', 'close'] as const
  expect(
    rendered(() => {
      const circle = useCircle('lobby')
      return [circle.name, ...methods.map(name => typeof circle[name])]
    }),
  ).toEqual(['circle:lobby', ...methods.map(() => 'function')])
})

test('useChannel selects from the fields of 0.1', () => {
  expect(
    rendered(() =>
      useChannel(useCircle('lobby'), ({ me, drafts, oldest, older, trimmed, typists, reads, read }) =>
        JSON.stringify([me, drafts, oldest, older, trimmed, typists, [...reads], read]),
      ),
    ),
  ).toBe(JSON.stringify([null, [], 0, 'unknown', false, [], [], null]))
})

test('useMessages has drafts and older', () => {
  expect(
    rendered(() => {
      const { entries, drafts, older, loadOlder }: Messages = useMessages(useCircle('lobby'), { thread: 3 })
      return [entries, drafts, older, typeof loadOlder]
    }),
  ).toEqual([[], [], 'unknown', 'function'])
  expectTypeOf<Messages['drafts']>().toEqualTypeOf<readonly Draft[]>()
})

test('useConnection has the fields of 0.1', () => {
  expect(
    rendered(() => {
      const { phase, heard, down, doubt, pause } = useConnection(useCircle('lobby'))
      return [phase, heard, down, doubt, pause]
    }),
  ).toEqual(['idle', 0, null, false, 0])
})

test('usePresence, useTyping, useAgents, useTurns and useUnread are as they were', () => {
  expect(
    rendered(() => {
      const circle = useCircle('lobby')
      const { typing, setTyping } = useTyping(circle)
      const { markRead, ...unread } = useUnread(circle)
      const functions = [typeof setTyping, typeof markRead]
      return [usePresence(circle), typing, useAgents(circle), useTurns(circle), unread, functions]
    }),
  ).toEqual([{ members: [], count: 0 }, [], [], [], { count: 0, mentions: 0, first: null }, ['function', 'function']])
})

test('useWebSocket is useWebsocket', () => {
  expect(useWebSocket).toBe(useWebsocket)
  expect(
    rendered(() => {
      const { messages, isConnected, send } = useWebSocket<{ type: string }>('ws://circles.test/ws/circles/lobby')
      return [messages, isConnected, typeof send]
    }),
  ).toEqual([[], false, 'function'])
})
