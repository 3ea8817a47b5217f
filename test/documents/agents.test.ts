import { expect, test, vi } from 'vitest'
import { CircleAgent, type Reply, type TurnRequest } from '../../src/agents/kit/agent.ts'
import { runTurn } from '../../src/agents/kit/testing.ts'
import type { Principal } from '../../src/auth/principal.ts'
import { CircleDocuments, circleDocumentMigrations } from '../../src/documents/circle-documents.ts'
import type { DocumentCall, TurnRequest as WireTurn } from '../../src/protocol/turns.ts'
import type { ComponentResult } from '../../src/rooms/component.ts'
import { refusal } from '../../src/rooms/outcome.ts'
import { agentApi } from '../../src/rooms/turns/agent-api.ts'
import type { DocumentRequest } from '../../src/rpc/document.ts'
import { TestRoom } from '../support/test-room.ts'

type Asked = { document: string; principal: Principal; request: DocumentRequest }

/** A circle with documents in which Ada has prompted an agent. */
function prompted(
  answer: (request: DocumentRequest) => ComponentResult = () => ({ value: { root: 'content', edit: 3 } }),
) {
  const room = new TestRoom()
  const ben = room.open('ben')
  room.sendMessage(ben, '@owl write it down')
  for (const statement of circleDocumentMigrations.flat()) room.sql.all(statement)
  const asked: Asked[] = []
  const ask = async (document: string, principal: Principal, request: DocumentRequest) => {
    asked.push({ document, principal, request })
    return answer(request)
  }
  const documents = new CircleDocuments(room.room.context, { tell: () => {}, remove: () => {}, ask }, () => {})
  const { turn } = room.calls[0] as WireTurn
  const call = (input: unknown) => {
    const current = room.room.context.turns.current(turn, 1)
    return documents.onAgentCall(current as NonNullable<typeof current>, input, room.now)
  }
  return { room, asked, call }
}

test('an agent edits under its own name, with the rights of whoever prompted it at this moment', async () => {
  const { room, asked, call } = prompted()
  const edits = [{ old: '', new: 'x' }]
  expect(await call({ do: 'edit', document: 'Plan', edits })).toEqual({ root: 'content', edit: 3 })
  expect(asked[0]).toMatchObject({
    principal: { id: 'agent:owl', name: 'Owl', role: 'member', inForce: 'member' },
    request: { do: 'edit', edits },
  })
  expect(await call({ do: 'list' })).toEqual(['plan'])
  room.manageMembers('ada', { do: 'change', user: 'ben', change: { muted: true } }, 'owner')
  await call({ do: 'edit', document: 'other', edits })
  expect(asked[1]?.principal).toMatchObject({ role: 'reader', inForce: 'reader' })
  expect(await call({ do: 'list' })).toEqual(['plan']) // a reader brings none into existence
})

test('what the document refuses, and what is not valid, is an error that may be shown', async () => {
  const { call } = prompted(() => ({ refused: refusal('not_unique', 'It occurs more than once.') }))
  await expect(call({ do: 'undo', document: 'plan', edit: 1 })).rejects.toThrow('It occurs more than once.')
  await expect(call({ do: 'read', document: 'a b' })).rejects.toThrow('no name of a document')
  for (const input of [null, { do: 'delete', document: 'plan' }, { do: 'edit', document: 'plan', edits: [] }])
    await expect(call(input)).rejects.toThrow('not valid')
})

test('where circles have no documents, an agent is told so', async () => {
  const room = new TestRoom()
  room.sendMessage(room.open('ada'), '@owl hello')
  const { turn } = room.calls[0] as WireTurn
  const api = agentApi(async use => {
    const current = room.room.context.turns.current(turn, 1)
    return use(room.room.context, current as NonNullable<typeof current>, room.now)
  })
  await expect(api.document?.({ do: 'list' })).rejects.toThrow('This circle has no documents.')
})

class Writer extends CircleAgent {
  protected readonly metadata = { name: 'Writer', description: '' }

  protected async onTurn(_: TurnRequest, { documents, write }: Reply): Promise<void> {
    const [name = ''] = await documents.list()
    const { text } = await documents.read(name)
    const edit = await documents.edit(name, [{ old: 'Monday', new: 'Tuesday' }])
    const appended = await documents.append(name, '!', { root: 'notes' })
    const suggested = await documents.suggest(name, [{ old: '!', new: '?' }])
    await documents.undo(name, edit ?? 0)
    await write([name, text, edit, appended, suggested].join(' '))
  }
}

test('reply.documents reads, edits, suggests and undoes', async () => {
  const calls: DocumentCall[] = []
  const document = async (call: DocumentCall) => {
    calls.push(call)
    return call.do === 'list' ? ['plan'] : { root: 'content', type: 'text', text: 'Monday', edit: 7, id: 2 }
  }
  expect(await runTurn(Writer, 'go', { circle: { document } })).toMatchObject({ content: 'plan Monday 7 7 2' })
  expect(calls).toEqual([
    { do: 'list' },
    { do: 'read', document: 'plan' },
    { do: 'edit', document: 'plan', edits: [{ old: 'Monday', new: 'Tuesday' }] },
    { do: 'edit', document: 'plan', edits: [{ old: '', new: '!' }], root: 'notes' },
    { do: 'edit', document: 'plan', edits: [{ old: '!', new: '?' }], suggest: true },
    { do: 'undo', document: 'plan', edit: 7 },
  ])
  const failed = vi.spyOn(console, 'error').mockImplementation(() => {})
  expect(await runTurn(Writer, 'go')).toMatchObject({ outcome: { type: 'failed' } })
  failed.mockRestore()
})
