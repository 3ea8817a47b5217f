// An agent of the Agent Client Protocol that works until it is cancelled, and says when that was.
import { Readable, Writable } from 'node:stream'
import { agent, methods, ndJsonStream } from '@agentclientprotocol/sdk'

const cancels = new Map() // functions, by session
const chunkMs = 5

async function prompt({ params: { sessionId, prompt }, client }) {
  const update = { sessionUpdate: 'agent_message_chunk', content: { type: 'text', text: 'one more word ' } }
  const say = () => client.notify(methods.client.session.update, { sessionId, update })
  const cancelled = new Promise(resolve => cancels.set(sessionId, resolve))
  await say()
  const timer = prompt[0].text.includes('write') ? setInterval(say, chunkMs) : undefined
  const at = await cancelled
  clearInterval(timer)
  console.error(`cancelled ${at}`)
  return { stopReason: 'cancelled' }
}

agent({ name: 'bench' })
  .onRequest(methods.agent.initialize, ({ params }) => ({ protocolVersion: params.protocolVersion }))
  .onRequest(methods.agent.session.new, () => ({ sessionId: 's1' }))
  .onRequest(methods.agent.session.prompt, prompt)
  .onNotification(methods.agent.session.cancel, ({ params }) =>
    cancels.get(params.sessionId)?.(performance.timeOrigin + performance.now()),
  )
  .connect(ndJsonStream(Writable.toWeb(process.stdout), Readable.toWeb(process.stdin)))
