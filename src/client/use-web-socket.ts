import { useCallback, useEffect, useRef, useState } from 'react'

const keep = 1_000 // messages; a component that needs a whole history wants `useMessages`
const retryMs = 1_000
const retryMaxMs = 30_000

/**
 * A bare socket for the plain dialect: what came, whether it is open, and a way to send. It comes back by itself and
 * promises nothing else; `useCircle` does.
 */
export function useWebSocket<Message = unknown>(
  url: string,
): { messages: readonly Message[]; isConnected: boolean; send(data: unknown): boolean } {
  const socket = useRef<WebSocket | null>(null)
  const [messages, setMessages] = useState<readonly Message[]>([])
  const [isConnected, setConnected] = useState(false)

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    let failures = 0
    let ended = false
    setMessages([])

    function open(): void {
      const opened = new WebSocket(url)
      socket.current = opened
      opened.onopen = () => {
        failures = 0
        if (!ended) setConnected(true)
      }
      opened.onmessage = event => {
        const message = read<Message>(event.data)
        if (!ended && message !== null) setMessages(before => [...before.slice(1 - keep), message])
      }
      opened.onclose = () => {
        if (ended) return
        setConnected(false)
        timer = setTimeout(open, Math.random() * Math.min(retryMaxMs, retryMs * 2 ** failures++))
      }
    }

    open()
    return () => {
      ended = true
      clearTimeout(timer)
      socket.current?.close()
      setConnected(false)
    }
  }, [url])

  const send = useCallback((data: unknown) => {
    if (socket.current?.readyState !== WebSocket.OPEN) return false
    socket.current.send(JSON.stringify(data))
    return true
  }, [])

  return { messages, isConnected, send }
}

function read<Message>(text: unknown): Message | null {
  try {
    return typeof text === 'string' ? (JSON.parse(text) as Message) : null
  } catch {
    return null // not JSON: not of this protocol
  }
}
