import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Server, startServer } from '../support/server.ts'
import { openSocket, refusalOf } from '../support/socket.ts'
import { mint, secret } from '../support/token.ts'

let server: Server
beforeAll(async () => {
  server = await startServer({ AUTH: 'token', AUTH_SECRET: secret })
})
afterAll(() => server[Symbol.asyncDispose]())

const circle = () => server.ws('/ws/circles/dev-team')

test('[A3] a token in the query authenticates a program of the plain dialect', async () => {
  await using socket = await openSocket(`${circle()}?token=${await mint('ada', { 'circle:dev-*': 'member' })}`)
  socket.send({ type: 'message', content: 'Hello' })
  expect(await socket.next()).toMatchObject({ type: 'message', content: 'Hello', data: { user_id: 'ada' } })
})

test('[A3] an invalid token in the query is refused at the upgrade', async () => {
  const { status, body } = await refusalOf(`${circle()}?token=nonsense`)
  expect(status).toBe(401)
  expect(JSON.parse(body)).toMatchObject({ error: { code: 'invalid_token' } })
})

test('[A4] the token may be the first message', async () => {
  await using socket = await openSocket(circle())
  socket.send({ type: 'auth', token: await mint('bob', { 'circle:dev-team': 'member' }) })
  socket.send({ type: 'message', content: 'Hello' })
  expect(await socket.next()).toMatchObject({ type: 'message', content: 'Hello', data: { user_id: 'bob' } })
})

test('[A4] an invalid token as the first message closes with 4001', async () => {
  const socket = await openSocket(circle())
  socket.send({ type: 'auth', token: 'nonsense' })
  expect(await socket.closed).toBe(4001)
})

test('[A4] any other first message closes with 4001', async () => {
  const socket = await openSocket(circle())
  socket.send({ type: 'message', content: 'Hello' })
  expect(await socket.closed).toBe(4001)
  expect(socket.frames.filter(({ type }) => type === 'message')).toEqual([])
})

test('[A4] silence closes with 4001', async () => {
  const socket = await openSocket(circle())
  expect(await socket.closed).toBe(4001)
})
