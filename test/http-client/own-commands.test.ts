import { expect, expectTypeOf, test } from 'vitest'
import * as z from 'zod'
import { type ArgumentsOf, createHttpClient, type HttpClient, type HttpError } from '../../src/http-client/index.ts'
import { defineProtocol } from '../../src/protocol/define-protocol.ts'
import { circles } from '../../src/server/circles.ts'
import { fakeChannels } from '../support/fake-channels.ts'

const protocol = defineProtocol({
  events: { poll_created: z.strictObject({ question: z.string() }) },
  commands: { vote: { role: 'member', data: z.strictObject({ poll: z.int(), option: z.int() }) } },
})

function newClient() {
  const { env, seen } = fakeChannels({})
  const { fetch } = circles({
    protocol,
    basePath: '/rooms',
    authenticate: () => ({ id: 'ada', name: 'Ada', channels: { '*': 'member' } }),
  })
  const client = createHttpClient<typeof protocol>('https://app.test/rooms', {
    fetch: request => {
      request.headers.set('origin', 'https://app.test')
      return fetch(request, { ...env, REGISTER: { getByName: () => ({}) } })
    },
  })
  return { client, seen }
}

test('a command of one’s own is sent to its circle, with the key that makes it take effect once', async () => {
  const { client, seen } = newClient()
  const body = { poll: 12, option: 1 }
  const result = await client.command('vote', { name: 'dev', body, idempotencyKey: 'v1' })
  expect(result).toEqual({ id: 'x', seq: 1 })
  expect(seen).toMatchObject([{ object: 'circle:dev', command: { type: 'vote', id: 'v1', data: body } }])
  expectTypeOf(result.seq).toEqualTypeOf<number | undefined>()
})

test('its name and its data are checked by the compiler, and by the server', async () => {
  const { client, seen } = newClient()
  const codeOf = (sending: Promise<unknown>) => sending.then(null, ({ status, code }: HttpError) => [status, code])
  // @ts-expect-error a vote names an option
  expect(await codeOf(client.command('vote', { name: 'dev', body: { poll: 1 } }))).toEqual([400, 'invalid'])
  // @ts-expect-error the protocol has no such command
  expect(await codeOf(client.command('veto', { name: 'dev', body: {} }))).toEqual([404, 'not_found'])
  expect(seen).toEqual([])
  expectTypeOf<ArgumentsOf<'react'>['body']>().toHaveProperty('emoji')
})

test('events of one’s own are among those that are listed, and that a webhook takes', () => {
  type Client = HttpClient<typeof protocol>
  type Listed = Awaited<ReturnType<Client['listCircleEvents']>>['events'][number]
  expectTypeOf<Extract<Listed, { type: 'poll_created' }>['data']>().toEqualTypeOf<{ question: string }>()
  expectTypeOf<Extract<Listed, { type: 'message' }>['data']['content']>().toEqualTypeOf<string>()
  type Taken = NonNullable<Parameters<Client['createWebhook']>[0]['body']['events']>[number]
  expectTypeOf<'poll_created'>().toExtend<Taken>()
  expectTypeOf<'poll_closed'>().not.toExtend<Taken>()
  expectTypeOf<Awaited<ReturnType<Client['exportCircle']>>>().toEqualTypeOf<Response>()
  expectTypeOf<HttpClient['getCircle']>().parameters.toExtend<unknown[]>()
})
