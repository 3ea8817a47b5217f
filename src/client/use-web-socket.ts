import { useCallback, useEffect, useRef, useState } from 'react'
import { defaultPlatform, type Socket } from './platform.ts'

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
  const socket = useRef<Socket | null>(null)
  const [messages, setMessages] = useState<readonly Message[]>([])
  const isOpen = useRef(false)
  const [isConnected, setConnected] = useState(false)

  useEffect(() => {
    const world = defaultPlatform()
    let cancel = (): void => {}
    let failures = 0
    let ended = false
    setMessages([])

    function show(open: boolean): void {
      isOpen.current = open
      setConnected(open)
    }

    function open(): void {
      const opened = world.socket(url, [])
      socket.current = opened
      opened.onopen = () => {
        failures = 0
        if (!ended) show(true)
      }
      opened.onmessage = event => {
        const message = read<Message>(event.data)
        if (!ended && message !== null) setMessages(before => [...before.slice(1 - keep), message])
      }
      opened.onclose = () => {
        if (ended) return
        show(false)
        cancel = world.after(world.random() * Math.min(retryMaxMs, retryMs * 2 ** failures++), open)
      }
    }

    open()
    return () => {
      ended = true
      cancel()
      socket.current?.close()
      show(false)
    }
  }, [url])

  const send = useCallback((data: unknown) => {
    if (isOpen.current) socket.current?.send(JSON.stringify(data))
    return isOpen.current
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
