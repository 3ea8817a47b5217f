import type { ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import { delta, done, finish, modelServer, stream } from '../support/model-server.ts'
import { startServer } from '../support/server.ts'
import { openSocket } from '../support/socket.ts'

test('[T5] in the runtime, a model that is overloaded is called again, streams, and its usage is reported', async () => {
  const busy = (response: ServerResponse) => response.writeHead(429).end('{"error":{"message":"sk-very-secret"}}')
  const script = [
    busy,
    (response: ServerResponse) => {
      stream(response, delta('A mo'), delta('nad'), finish(), done)
      response.end()
    },
  ]
  const model = await modelServer(response => void script.shift()?.(response))
  try {
    const vars = { AGENT_BASE_URL: model.baseUrl, AGENT_MODEL: 'a-model', AGENT_API_KEY: 'sk-very-secret' }
    await using server = await startServer(vars)
    await using ada = await openSocket(server.ws('/ws/circles/dev?name=ada'), ['circles.v1'])
    ada.send({ type: 'configure', id: 'c1', data: { prompt: 'Talk like a pirate.' } })
    ada.send({ type: 'message', id: 'm1', data: { content: '@pickle explain monads' } })
    const { data } = await ada.next(({ type }) => type === 'agent_message')
    expect(data).toMatchObject({ content: 'A monad', usage: { input_tokens: 21, output_tokens: 3 } })
    const states = ada.frames.filter(({ type }) => type === 'agent_status').map(frame => frame.data as Status)
    expect(states.map(({ state, attempt }) => [state, attempt]).slice(0, 3)).toEqual([
      ['thinking', 1],
      ['queued', 1],
      ['thinking', 2],
    ])
    const [first, second] = model.requests.map(({ body }) => body)
    expect(second).toBe(first?.replace(/\\"now\\":\\"[^"]*\\"/, second?.match(/\\"now\\":\\"[^"]*\\"/)?.[0] ?? ''))
    expect(JSON.stringify(ada.frames) + server.output()).not.toContain('sk-very-secret')
  } finally {
    await model.close()
  }
})

type Status = { state: string; attempt: number }
