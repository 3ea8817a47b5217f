// A user of examples/embedded, as their page would be: with the client at a path, a URL and a cookie. Prints what came of it.
const [entry = '', url = '', cookie = ''] = process.argv.slice(2)

// A browser sends these by itself.
const headers = { cookie, origin: new URL(url).origin }
const { fetch: request, WebSocket: Socket } = globalThis
globalThis.fetch = (address, init) => request(address, { ...init, headers: { ...init?.headers, ...headers } })
globalThis.WebSocket = class extends Socket {
  constructor(address, protocols) {
    super(address, { protocols, headers })
  }
}

const { createClient } = await import(entry)
const client = createClient(url)
const circle = client.circle('typed')
const received = new Promise(resolve => circle.on('poll_created', ({ data }) => resolve(data.question)))
const { seq: created } = await circle.command('create_poll', { question: 'Cake', options: ['yes', 'no'] })
const { seq: voted } = await circle.command('vote', { poll: 1, option: 1 })
const refused = await circle.command('vote', { poll: 1, option: 7 }).catch(({ code, message }) => ({ code, message }))
console.log(JSON.stringify({ created, voted, refused, received: await received }))
client.disconnect()
