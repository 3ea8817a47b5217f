import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect } from 'vitest'
import { node } from '../../scripts/toolchain.mjs'
import { type Server, startServer } from '../support/server.ts'
import { type Frame, openSocket, type Socket } from '../support/socket.ts'

type Data = { id?: string; seq?: number; in_reply_to?: number; events?: Frame[] }
const data = (frame: Frame) => frame.data as Data

/** Runs the agent in a process of its own, which `kill9` ends with SIGKILL and starts again. */
function startAgent(address: string, key: string) {
  const start = () => spawn(node, [join(import.meta.dirname, 'slow-agent.mjs'), address, key], { stdio: 'inherit' })
  let child = start()
  const kill = async () => {
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }
  return {
    async kill9() {
      await kill()
      child = start()
    },
    [Symbol.asyncDispose]: kill,
  }
}

type Crashes = { turns: number; kills: number }

/** Kills server and agent in turn while turns run, and checks that every message has one end. */
export async function crashes(count: Crashes): Promise<void> {
  await using server = await startServer()
  const body = JSON.stringify({ id: 'owl' })
  const headers = { 'content-type': 'application/json' }
  const made = await fetch(`${server.url}/api/agents`, { method: 'POST', headers, body })
  const { key } = (await made.json()) as { key: string }
  await using agent = startAgent(server.ws('/ws/agents/owl/connect'), key)
  await promptUnderKills(server, 'owl', count, kill => (kill % 2 === 0 ? agent.kill9() : restart(server)))
}

/** Kills the server and an agent that is bound to it, at once, while turns run. */
export async function crashesOfBound(count: Crashes): Promise<void> {
  await using server = await startServer({}, { configs: ['test/agents/choir/wrangler.toml'] })
  await promptUnderKills(server, 'lark', count, () => restart(server))
}

async function restart(server: Server): Promise<void> {
  await server.kill9()
  await server.start()
}

async function promptUnderKills(
  server: Server,
  agent: string,
  { turns, kills }: Crashes,
  killNext: (kill: number) => Promise<void>,
): Promise<void> {
  const open = () => openSocket(server.ws('/ws/circles/forest?name=ada'), ['circles.v1'])
  const prompts: number[] = []
  for (let kill = 0; kill < kills; kill++) {
    await using ada = await open()
    for (let n = 0; n < Math.ceil(turns / kills); n++) prompts.push(await say(ada, `@${agent} ${kill}.${n}`))
    await ada.next(({ type }) => type === 'agent_delta')
    await killNext(kill)
  }
  await using ada = await open()
  while ((await endsIn(ada)).length < prompts.length) await ada.next(isEnd)
  expect((await endsIn(ada)).toSorted((a, b) => a - b)).toEqual(prompts)
}

async function say(socket: Socket, content: string): Promise<number> {
  const id = crypto.randomUUID()
  socket.send({ type: 'message', id, data: { content } })
  return data(await socket.next(frame => frame.type === 'ack' && data(frame).id === id)).seq ?? 0
}

const isEnd = ({ type }: Frame) => type === 'agent_message' || type === 'turn_failed'

/** The prompts whose turns have ended, each as often as it has. */
async function endsIn(socket: Socket): Promise<number[]> {
  const id = crypto.randomUUID()
  socket.send({ type: 'history', id, data: { after: 0, limit: 200 } })
  const history = await socket.next(frame => frame.type === 'history' && data(frame).id === id)
  return (data(history).events ?? []).filter(isEnd).map(frame => data(frame).in_reply_to ?? 0)
}
