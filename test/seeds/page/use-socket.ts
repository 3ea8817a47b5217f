import { useCallback, useEffect, useRef, useState } from 'react'

type Heard = { type: string; data: { content?: string } }

/** A React hook of the usual kind: every frame is kept, and read as `frame.data.content`. */
export function useSocket(url: string) {
  const socket = useRef<WebSocket | null>(null)
  const [heard, setHeard] = useState<Heard[]>([])
  const [open, setOpen] = useState(false)

  useEffect(() => {
    const ws = new WebSocket(url)
    socket.current = ws
    ws.onopen = () => setOpen(true)
    ws.onclose = () => setOpen(false)
    ws.onmessage = event => setHeard(before => [...before, JSON.parse(event.data)])
    return () => ws.close()
  }, [url])

  const send = useCallback((message: unknown) => {
    if (socket.current?.readyState === WebSocket.OPEN) socket.current.send(JSON.stringify(message))
  }, [])
  return { heard, open, send }
}
