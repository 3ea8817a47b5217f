/** A page's first WebSocket: says hello when it is open, hands on what it hears. */
export function greet(url: string, hear: (text: string) => void): WebSocket {
  const ws = new WebSocket(url)
  ws.onopen = () => ws.send('Hello from a snippet')
  ws.onmessage = event => hear(event.data)
  return ws
}
