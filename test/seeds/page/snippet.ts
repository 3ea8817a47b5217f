/** A minimal WebSocket client: sends a greeting when it opens, and passes on what it receives. */
export function greet(url: string, onText: (text: string) => void): WebSocket {
  const ws = new WebSocket(url)
  ws.onopen = () => ws.send('Hello from a snippet')
  ws.onmessage = event => onText(event.data)
  return ws
}
