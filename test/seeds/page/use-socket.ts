import { useCallback, useEffect, useRef, useState } from 'react'

type Frame = { type: string; data: { content?: string } }

/** A typical React hook: it keeps every frame, and the page reads `frame.data.content`. */
export function useSocket(url: string) {
  const socket = useRef<WebSocket | null>(null)
  const [frames, setFrames] = useState<Frame[]>([])
  const [open, setOpen] = useState(false)

  useEffect(() => {
    const ws = new WebSocket(url)
    socket.current = ws
    ws.onopen = () => setOpen(true)
    ws.onclose = () => setOpen(false)
    ws.onmessage = event => setFrames(before => [...before, JSON.parse(event.data)])
    return () => ws.close()
  }, [url])

  const send = useCallback((message: unknown) => {
    if (socket.current?.readyState === WebSocket.OPEN) socket.current.send(JSON.stringify(message))
  }, [])
  return { frames, open, send }
}
