import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { environment, node, root } from '../../scripts/toolchain.mjs'
import { connectAgent } from '../../src/agents/kit/connect-agent.ts'
import { python } from '../support/python.ts'
import { type Server, startServer } from '../support/server.ts'
import { type Frame, openSocket, type Socket } from '../support/socket.ts'

type Data = { id?: string; seq?: number; in_reply_to?: number; content?: string; [key: string]: unknown }
const data = (frame: Frame) => frame.data as Data
const folder = join(root, 'examples/connected-agent')

async function post(server: Server, path: string, body: object): Promise<Data & { key: string }> {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(`${server.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
  const json = (await response.json()) as Data & { key: string }
  expect([path, response.status, json]).toEqual([path, 201, json])
  return json
}

async function say(socket: Socket, content: string): Promise<number> {
  const id = crypto.randomUUID()
  socket.send({ type: 'message', id, data: { content } })
  const ack = await socket.next(frame => frame.type === 'ack' && data(frame).id === id)
  return data(ack).seq ?? 0
}

/** Every end of a turn that the message with this seq prompted. */
async function endOf(socket: Socket, seq: number): Promise<Frame> {
  const ends = ['agent_message', 'turn_failed']
  return socket.next(frame => ends.includes(frame.type) && data(frame).in_reply_to === seq)
}

/** Runs an example until it is disposed. */
function runExample(server: Server, [command, file]: [string, string], id: string, key: string) {
  const env = environment({ CIRCLES_URL: server.url, AGENT_ID: id, AGENT_KEY: key })
  const child: ChildProcess = spawn(command, [join(folder, file)], { env, stdio: 'inherit' })
  return {
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null) return
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
}

test('[T13] an agent connects with nothing but a WebSocket, in Python, and with the kit, and everybody reads its deltas', async () => {
  await using server = await startServer()
  await using ada = await openSocket(server.ws('/ws/circles/forest?name=ada'), ['circles.v1'])
  const examples: [string, [string, string]][] = [['plain', [node, 'owl.mjs']]]
  if (python !== null) examples.push(['python', [python, 'owl.py']])
  for (const [id, program] of examples) {
    const { key } = await post(server, '/api/agents', { id })
    const seq = await say(ada, `@${id} hello`) // before it connects: the turn waits
    await using _ = runExample(server, program, id, key)
    expect(data(await endOf(ada, seq))).toMatchObject({ agent_id: id, content: 'Hoo, hoo, ada!', hop: 1 })
    const deltas = ada.frames.filter(frame => frame.type === 'agent_delta' && data(frame).agent_id === id)
    expect(deltas.map(frame => data(frame).text).join('')).toBe('Hoo, hoo, ada!')
  }

  const scribbler = connectAgent({
    ...{ url: server.url, agent: 'scribbler', key: (await post(server, '/api/agents', { id: 'scribbler' })).key },
    async onTurn(_, { documents, write }) {
      await documents.append('plan', 'Monday')
      await write(`${(await documents.list()).join()}: ${(await documents.read('plan')).text}`)
    },
  })
  expect(data(await endOf(ada, await say(ada, '@scribbler hello')))).toMatchObject({ content: 'plan: Monday' })
  scribbler.close()

  await post(server, '/api/circles', { name: 'hill' }) // by its owner
  await using eve = await openSocket(server.ws('/ws/circles/hill?name=eve'), ['circles.v1'])
  const { key } = await post(server, '/api/agents', { id: 'owl', circle: 'hill' })
  Object.assign(process.env, { CIRCLES_URL: server.url, AGENT_ID: 'owl', AGENT_KEY: key })
  const ended = import('../../examples/connected-agent/owl.ts')
  const prompt = await say(eve, '@owl deploy 1.2')
  const asked = data(await eve.next(({ type }) => type === 'approval_requested'))
  expect(asked).toMatchObject({ key: '1.2', data: { version: '1.2', servers: 3 } })
  await using bob = await openSocket(server.ws('/ws/circles/hill?name=bob'), ['circles.v1'])
  bob.send({ type: 'approve', id: 'yes', data: { approval: asked.approval } })
  expect(data(await endOf(eve, prompt)).content).toBe('1.2 is deployed.')
  expect((await fetch(`${server.url}/api/agents/owl`, { method: 'DELETE' })).status).toBe(204)
  await ended // closed with 4410
})
