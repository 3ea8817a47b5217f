import { expect, test } from 'vitest'
import { chatServer } from '../../support/ai-sdk-server.ts'
import { delta, done, finish, modelServer, stream } from '../../support/model-server.ts'
import { startServer } from '../../support/server.ts'
import { type Frame, openSocket, type Socket } from '../../support/socket.ts'

type Data = { id?: string; seq?: number; in_reply_to?: number; content?: string; [key: string]: unknown }
const data = (frame: Frame) => frame.data as Data
const key = 'sk-very-secret-0123456789'

async function say(socket: Socket, content: string): Promise<number> {
  const id = crypto.randomUUID()
  socket.send({ type: 'message', id, data: { content } })
  return data(await socket.next(frame => frame.type === 'ack' && data(frame).id === id)).seq ?? 0
}

const isEnd = ({ type }: Frame) => type === 'agent_message' || type === 'turn_failed'
const isSlow = (frame: Frame) => frame.type === 'agent_delta' && `${data(frame).text}`.includes('slow')
const endOf = (socket: Socket, seq: number) =>
  socket.next(frame => isEnd(frame) && data(frame).in_reply_to === seq).then(data)

test('[T14] agents at addresses answer in a circle: retried, stopped, after a kill -9, with keys that are never shown', async () => {
  const begun = Promise.withResolvers<void>()
  await using model = disposable(
    await modelServer((response, { body }) => {
      const asked = /hello|slow|again/.exec(body.slice(body.lastIndexOf('@owl')))?.[0]
      if (model.requests.length === 1) return void response.writeHead(503).end()
      stream(response, delta(`Hoo, ${asked}!`))
      if (asked === 'slow') return begun.resolve()
      response.write(finish() + done)
      response.end()
    }),
  )
  const hoo = { type: 'text-delta', id: '1', delta: 'Hoo, AI SDK!' }
  await using chat = disposable(
    await chatServer(response => {
      stream(response, ...[hoo, { type: 'finish' }].map(chunk => `data: ${JSON.stringify(chunk)}\n\n`))
      response.end()
    }),
  )
  await using server = await startServer({ WEBHOOKS_LOOPBACK: 'allow' })
  const call = async (method: string, path: string, body?: object) => {
    const headers = { 'content-type': 'application/json' }
    const init = { method, headers, ...(body && { body: JSON.stringify(body) }) }
    const response = await fetch(`${server.url}/api/agents${path}`, init)
    return { status: response.status, text: await response.text() }
  }
  const address = { protocol: 'openai', url: model.baseUrl, model: 'm', api_key: key }
  for (const url of ['http://10.0.0.1/v1', 'https://metadata.internal/', 'https://[fd00::1]/', 'no URL']) {
    expect((await call('POST', '', { id: 'owl', address: { ...address, url } })).status).toBe(400)
  }
  const made = await call('POST', '', { id: 'owl', address })
  expect([made.status, JSON.parse(made.text)]).toEqual([
    201,
    {
      ...{ id: 'owl', name: 'Owl', description: '', circle: null, observe: false },
      address: { protocol: 'openai', url: model.baseUrl, model: 'm' },
    },
  ])
  await call('POST', '', { id: 'lark', address: { protocol: 'ai-sdk', url: chat.url, api_key: key } })

  const ada = await openSocket(server.ws('/ws/circles/forest?name=ada'), ['circles.v1'])
  expect(await endOf(ada, await say(ada, '@owl hello'))).toMatchObject({
    content: 'Hoo, hello!',
    agent_id: 'owl',
    hop: 1,
  })
  expect(model.requests.map(({ headers }) => headers.authorization)).toEqual([`Bearer ${key}`, `Bearer ${key}`])
  expect(await endOf(ada, await say(ada, '@lark hello'))).toMatchObject({ content: 'Hoo, AI SDK!', agent_id: 'lark' })

  const slow = await say(ada, '@owl slow')
  const { turn } = data(await ada.next(isSlow))
  ada.send({ type: 'stop', id: 'stop', data: { turn } })
  expect(await endOf(ada, slow)).toMatchObject({ content: 'Hoo, slow!', stopped: true })
  await model.hungUp

  const lost = await say(ada, '@owl slow')
  const { turn: again } = data(await ada.next(isSlow))
  const calls = model.requests.length
  await server.kill9()
  await server.start()
  const back = await openSocket(server.ws('/ws/circles/forest?name=ada'), ['circles.v1'])
  await expect.poll(() => model.requests.length).toBe(calls + 1)
  back.send({ type: 'stop', id: 'stop', data: { turn: again } })
  expect(await endOf(back, lost)).toMatchObject({ stopped: true })

  expect((await call('POST', '/owl/address', { ...address, api_key: 'another-key-9876543210' })).status).toBe(200)
  expect(await endOf(back, await say(back, '@owl again'))).toMatchObject({ content: 'Hoo, again!' })
  expect(model.requests.at(-1)?.headers.authorization).toBe('Bearer another-key-9876543210')
  const shown = await Promise.all(['', '/owl', '/lark'].map(path => call('GET', path)))
  expect(JSON.stringify([made, ...shown]) + server.output()).not.toMatch(/sk-very-secret|another-key/)
  expect((await call('DELETE', '/owl')).status).toBe(204)
})

function disposable<Server extends { close(): Promise<void> }>(server: Server): Server & AsyncDisposable {
  return { ...server, [Symbol.asyncDispose]: server.close }
}
