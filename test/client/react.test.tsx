import { createElement } from 'react'
import { renderToString } from 'react-dom/server'
import { expect, test } from 'vitest'
import {
  CirclesProvider,
  useAgents,
  useCircle,
  useConnection,
  useMessages,
  usePresence,
  useTurns,
  useTyping,
  useUnread,
  useWebsocket,
} from '../../src/client/react.ts'
import { aCircle } from './fixtures.ts'

function Everything() {
  const circle = useCircle('lobby')
  const told = [
    useMessages(circle).entries.length,
    usePresence(circle).count,
    useTyping(circle).typing.length,
    useAgents(circle).length,
    useTurns(circle).length,
    useConnection(circle).phase,
    useUnread(circle).count,
  ]
  return <p>{told.join(' ')}</p>
}

function Bare() {
  const { messages, isConnected } = useWebsocket('ws://circles.test/ws/circles/lobby')
  return <p>{`${messages.length} ${isConnected}`}</p>
}

test('on a server every hook renders what is known there, which is nothing, and opens no socket', async () => {
  const { world, room, circles } = aCircle()
  const html = renderToString(<CirclesProvider client={circles}>{createElement(Everything)}</CirclesProvider>)
  expect(html).toBe('<p>0 0 0 0 0 idle 0</p>')
  await world.advance(1_000)
  expect(room.opened).toBe(0)
})

test('a bare socket renders on a server as not connected', () => {
  expect(renderToString(<Bare />)).toBe('<p>0 false</p>')
})

test('without a provider the hooks say what is missing', () => {
  expect(() => renderToString(<Everything />)).toThrow('<CirclesProvider')
})
