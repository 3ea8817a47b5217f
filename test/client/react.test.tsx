import { createElement } from 'react'
import { renderToString } from 'react-dom/server'
import { expect, test } from 'vitest'
import {
  CirclesProvider,
  useAgents,
  useCircle,
  useConnection,
  useConnectionStatus,
  useMessages,
  usePresence,
  useTurns,
  useTyping,
  useUnread,
  useWebsocket,
} from '../../src/client/react.ts'
import { setUpCircle } from './fixtures.ts'

function AllHooks() {
  const circle = useCircle('lobby')
  const values = [
    useMessages(circle).entries.length,
    usePresence(circle).count,
    useTyping(circle).typing.length,
    useAgents(circle).length,
    useTurns(circle).length,
    useConnection(circle).phase,
    useConnectionStatus(circle),
    useUnread(circle).count,
  ]
  return <p>{values.join(' ')}</p>
}

function BareSocket() {
  const { data, messages, isConnected, readyState, error, ...functions } = useWebsocket('/ws/circles/lobby')
  return <p>{JSON.stringify([data, messages, isConnected, readyState, error, Object.keys(functions)])}</p>
}

test('on a server every hook renders the empty state, and opens no socket', async () => {
  const { platform, room, circles } = setUpCircle()
  const html = renderToString(<CirclesProvider client={circles}>{createElement(AllHooks)}</CirclesProvider>)
  expect(html).toBe('<p>0 0 0 0 0 idle idle 0</p>')
  await platform.advance(1_000)
  expect(room.opened).toBe(0)
})

test('a bare socket renders on a server as not connected', () => {
  expect(renderToString(<BareSocket />)).toBe(
    '<p>[null,[],false,0,null,[&quot;send&quot;,&quot;close&quot;,&quot;reset&quot;]]</p>',
  )
})

test('without a provider the hooks throw an error that names it', () => {
  expect(() => renderToString(<AllHooks />)).toThrow('<CirclesProvider')
})
