// An agent of the Agent Client Protocol in a process of its own, which does what its prompts say.
import { Readable, Writable } from 'node:stream'
import { agent, methods, ndJsonStream, RequestError } from '@agentclientprotocol/sdk'

const [, , mention = ''] = process.argv
const sessions = new Map() // prompts, by session
const cancels = new Map() // functions, by session
let made = 0

const options = [
  { optionId: 'always', name: 'Always', kind: 'allow_always' },
  { optionId: 'once', name: 'Allow', kind: 'allow_once' },
  { optionId: 'no', name: 'Reject', kind: 'reject_once' },
]

async function prompt({ params: { sessionId, prompt }, client }) {
  const update = data => client.notify(methods.client.session.update, { sessionId, update: data })
  const say = text => update({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text } })
  const asked = prompt[0].text.split('\n').at(-1)
  const count = sessions.get(sessionId) + 1
  sessions.set(sessionId, count)
  if (/\bloud\b/.test(asked)) console.error('\u001b]52;c;evil\u0007\na second line')
  if (/\bwho are you\b/.test(asked)) await say(`${sessionId}, prompt ${count}`)
  else if (/\bslow\b/.test(asked)) {
    await say('I am thinking')
    await new Promise(resolve => cancels.set(sessionId, resolve))
    console.error('fake-agent: cancelled')
    return { stopReason: 'cancelled' }
  } else if (/\bdeploy\b/.test(asked)) {
    const [, version] = /deploy (\S+)/.exec(asked)
    const input = /\bbig\b/.test(asked) ? { version, notes: 'x'.repeat(10_000) } : { version }
    await say('Let me see. ')
    await update({ sessionUpdate: 'tool_call', toolCallId: `call-${version}`, title: 'deploy', rawInput: input })
    const toolCall = { toolCallId: `call-${version}` }
    const { outcome } = await client.request(methods.client.session.requestPermission, { sessionId, toolCall, options })
    await say(outcome.optionId === undefined ? 'Cancelled.' : `The answer is ${outcome.optionId}.`)
  } else if (/\bdie\b/.test(asked)) process.exit(1)
  else if (/\blog out\b/.test(asked)) throw RequestError.authRequired()
  else if (/\brefuse\b/.test(asked)) return { stopReason: 'refusal' }
  else for (const word of ['Hoo, ', 'hoo!', mention]) await say(word)
  return { stopReason: 'end_turn' }
}

agent({ name: 'fake' })
  .onRequest(methods.agent.initialize, ({ params }) => ({
    protocolVersion: params.protocolVersion,
    agentCapabilities: { loadSession: true },
  }))
  .onRequest(methods.agent.session.new, () => {
    if (mention === 'logged-out') throw RequestError.authRequired()
    const sessionId = `s${process.pid}-${++made}`
    sessions.set(sessionId, 0)
    return { sessionId }
  })
  .onRequest(methods.agent.session.load, ({ params }) => {
    if (params.sessionId.startsWith('lost')) throw new Error('no such session')
    sessions.set(params.sessionId, 100)
    return {}
  })
  .onRequest(methods.agent.session.prompt, prompt)
  .onNotification(methods.agent.session.cancel, ({ params }) => cancels.get(params.sessionId)?.())
  .connect(ndJsonStream(Writable.toWeb(process.stdout), Readable.toWeb(process.stdin)))
