// An agent with nothing but a WebSocket: Node.js 22, Deno, Bun or a browser.
const { CIRCLES_URL = 'http://127.0.0.1:8000', AGENT_ID = 'owl', AGENT_KEY = '' } = process.env

function connect() {
  const url = `${CIRCLES_URL.replace(/^http/, 'ws')}/ws/agents/${AGENT_ID}/connect`
  const socket = new WebSocket(url, ['circles.agent.v1', `key.${AGENT_KEY}`])
  const pings = setInterval(() => socket.send('{"type":"ping"}'), 30_000)
  socket.onmessage = ({ data: text }) => {
    const { type, data } = JSON.parse(text)
    if (type !== 'turn') return
    const { call, request } = data
    const send = part => socket.send(JSON.stringify({ type: 'part', data: { call, part } }))
    for (const word of ['Hoo, ', 'hoo, ', `${request.asked.author.name}!`]) send({ type: 'delta', text: word })
    send({ type: 'final' })
  }
  socket.onclose = ({ code }) => {
    clearInterval(pings)
    if (![1000, 1008, 4001, 4409, 4410].includes(code)) setTimeout(connect, 500)
  }
}

connect()
