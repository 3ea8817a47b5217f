import { AbstractChat, type ChatState, type UIMessage } from 'ai'
import { expect, onTestFinished, test } from 'vitest'
import { exampleConfigs } from '../../../scripts/example-agent.mjs'
import { CirclesTransport, chatMessages, currentParts } from '../../../src/client/chat/chat-transport.ts'
import { createClient } from '../../../src/client/client.ts'
import { delta, done, finish, modelServer, stream } from '../../support/model-server.ts'
import { startServer } from '../../support/server.ts'

/** The AI SDK's own chat, as `useChat` has it, without React. */
class Chat extends AbstractChat<UIMessage> {
  constructor(transport: CirclesTransport, messages: UIMessage[] = []) {
    const state: ChatState<UIMessage> = {
      status: 'ready',
      error: undefined,
      messages,
      pushMessage: message => {
        state.messages = [...state.messages, message]
      },
      popMessage: () => {
        state.messages = state.messages.slice(0, -1)
      },
      replaceMessage: (at, message) => {
        state.messages = state.messages.with(at, structuredClone(message))
      },
      snapshot: thing => structuredClone(thing),
    }
    super({ transport, state })
  }
}

const textOf = (message: UIMessage | undefined) =>
  currentParts(message ?? { parts: [] })
    .map(part => (part.type === 'text' ? part.text : ''))
    .join('')

test('the AI SDK’s chat over a circle: streams, reloads, approvals, and a server that is killed', async () => {
  const held = Promise.withResolvers<void>()
  const model = await modelServer(async response => {
    if (model.requests.length === 1) {
      stream(response, delta('First, '), delta('we wait'))
      return // until the server is killed
    }
    stream(response, delta('Second, '))
    await held.promise
    response.end(`${delta('we go.')}${finish()}${done}`)
  })
  onTestFinished(() => model.close())
  const settings = { AGENT_BASE_URL: model.baseUrl, AGENT_MODEL: 'm' }
  await using server = await startServer(settings, { configs: exampleConfigs() })
  const open = (name: string, agent: string) => {
    const client = createClient(server.url, { name })
    onTestFinished(() => client.disconnect())
    const channel = client.circle('desk')
    onTestFinished(channel.subscribe(() => {}))
    return { channel, transport: new CirclesTransport({ channel, agent }) }
  }

  const ada = open('ada', 'pickle')
  const chat = new Chat(ada.transport)
  const asked = chat.sendMessage({ text: 'Explain monads.' })
  await expect.poll(() => textOf(chat.lastMessage)).toBe('First, we wait')
  await server.kill9()
  await server.start()
  await expect.poll(() => textOf(chat.lastMessage)).toBe('Second, ')

  // Another tab, and a page that was reloaded: the reply so far, and then the rest.
  const tab = open('ada', 'pickle')
  await expect.poll(() => chatMessages(tab.channel.state, 'pickle').length).toBe(1)
  const reloaded = new Chat(tab.transport, chatMessages(tab.channel.state, 'pickle'))
  const resumed = reloaded.resumeStream()
  await expect.poll(() => textOf(reloaded.lastMessage)).toBe('Second, ')
  held.resolve()
  await Promise.all([asked, resumed])
  for (const one of [chat, reloaded]) expect([one.status, textOf(one.lastMessage)]).toEqual(['ready', 'Second, we go.'])
  expect(reloaded.messages.map(({ id, role }) => [id, role])).toEqual([
    ['message-1', 'user'],
    ['reply-1', 'assistant'],
  ])
  expect(chatMessages(ada.channel.state, 'pickle').map(textOf)).toEqual(['Explain monads.', 'Second, we go.'])
  expect(await tab.transport.reconnectToStream({ chatId: 'c' })).toBeNull()

  // An approval: the chat ends with a request, the server is killed, and the decision continues the turn.
  const bob = open('bob', 'owl')
  const first = new Chat(bob.transport)
  await first.sendMessage({ text: 'deploy 1.2' })
  const part = first.lastMessage?.parts.find(({ type }) => type === 'dynamic-tool')
  expect(part).toMatchObject({ state: 'approval-requested', title: 'Deploy 1.2 to production?' })
  await server.kill9()
  await server.start()
  const back = open('bob', 'owl') // the page was reloaded, too
  await expect.poll(() => chatMessages(back.channel.state, 'owl').length).toBe(1)
  const deploying = new Chat(back.transport, chatMessages(back.channel.state, 'owl'))
  await deploying.resumeStream()
  expect(deploying.lastMessage?.parts).toContainEqual(part)
  const { id = '' } = (part as { approval?: { id: string } } | undefined)?.approval ?? {}
  await deploying.addToolApprovalResponse({ id, approved: true, reason: 'go' })
  await deploying.sendMessage()
  expect(textOf(deploying.lastMessage)).toMatch(/^1\.2 is deployed\. Approved by .*bob\.$/)
})
