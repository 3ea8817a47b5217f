import { expect, test } from 'vitest'
import { connected, make } from '../support/connected-agent.ts'
import { member } from '../support/member.ts'

test.each<[string, (send: (frame: string) => void) => void, number]>([
  [
    'a flood of garbage',
    send => {
      for (let n = 0; n < 300; n++) send('garbage')
    },
    4429,
  ],
  ['a frame of more than 1 MiB', send => send('x'.repeat(1_048_577)), 1009],
])('[T13] %s closes the socket, and the turn is called again', async (what, misbehave, code) => {
  const id = `vole-${code}-${what.length}`
  const key = await make(id)
  const agent = await connected(id, key)
  const ada = await member(`/ws/circles/field-${id}`)
  ada.command('message', { content: `@${id} hello` })
  await agent.next('turn')
  misbehave(frame => agent.socket.send(frame))
  expect(await agent.closed).toBe(code)
  const again = await connected(id, key)
  const { call, request } = await again.next('turn')
  expect(request).toMatchObject({ attempt: 2 })
  again.part(call, { type: 'final', content: 'Sorry.' })
  expect((await ada.until(({ type }) => type === 'agent_message'))?.data).toMatchObject({ content: 'Sorry.' })
})
