import { useWebsocket } from 'circles-rooms/react'
import { useState } from 'react'

/** A page's end of the example `echo`: sends what is typed, and shows the latest answer. */
export function EchoBox() {
  const { data, isConnected, send } = useWebsocket('/echo')
  const [text, setText] = useState('')
  return (
    <form action={() => void send(text)}>
      <input aria-label="Message" value={text} onChange={event => setText(event.target.value)} />
      <button type="submit" disabled={!isConnected}>
        Send
      </button>
      <output>{textOf(data)}</output>
    </form>
  )
}

/** Text arrives as text, and JSON as its value: whoever types 42 gets a number back. */
function textOf(data: unknown): string {
  return typeof data === 'string' ? data : JSON.stringify(data)
}
