// An agent in a process of its own, which asks the circle something between two words, so that it can die in the middle.
const [, , address, key] = process.argv
const words = ['one ', 'two ', 'three ', 'four ', 'five ', 'six ', 'seven ', 'eight']

function connect() {
  const socket = new WebSocket(address, ['circles.agent.v1', `key.${key}`])
  const written = new Map() // words, by call
  const send = (type, data) => socket.send(JSON.stringify({ type, data }))
  const write = call => {
    const count = written.get(call) ?? 0
    written.set(call, count + 1)
    if (count === words.length) return send('part', { call, part: { type: 'final' } })
    send('part', { call, part: { type: 'delta', text: words[count] } })
    send('request', { call, id: `${count}`, method: 'search', args: ['word', 1] })
  }
  socket.onmessage = ({ data: text }) => {
    const { type, data } = JSON.parse(text)
    if (type === 'turn' || type === 'response') write(data.call)
  }
  socket.onclose = ({ code }) => {
    if (code !== 4409) setTimeout(connect, 50)
  }
}

connect()
