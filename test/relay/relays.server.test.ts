import { afterAll, beforeAll, expect, test } from 'vitest'
import type { DeploymentStats } from '../../src/protocol/stats.ts'
import { circles } from '../cli/circles.ts'
import { faultsIn } from '../support/faults-in.ts'
import { type Server, startServer } from '../support/server.ts'
import { openSocket, type Socket } from '../support/socket.ts'

const relays = JSON.stringify({ from: 0, size: 3 })
let server: Server

beforeAll(async () => {
  server = await startServer({ RELAYS: relays })
})
afterAll(async () => {
  expect(faultsIn(server.output())).toEqual([])
  await server[Symbol.asyncDispose]()
})

const join = async (circle: string, name: string, query = ''): Promise<[Socket, Record<string, unknown>]> => {
  const socket = await openSocket(server.ws(`/ws/circles/${circle}?name=${name}${query}`), ['circles.v1'])
  const welcome = await socket.next(({ type }) => type === 'welcome')
  return [socket, welcome.data as Record<string, unknown>]
}

const byName = (one: { name: string }, other: { name: string }) => one.name.localeCompare(other.name)

const say = (socket: Socket, id: string, content = id) => socket.send({ type: 'message', id, data: { content } })

const contents = (socket: Socket) =>
  socket.frames.filter(({ type }) => type === 'message').map(({ data }) => (data as { content: string }).content)

test('members behind relays see one another, and a relay takes no more than its size', async () => {
  const members = await Promise.all(['ada', 'bob', 'cy', 'dee', 'eve'].map(name => join('many', name)))
  const names = members.map(([, { relay }]) => relay)
  expect(names.every(name => /^many\/enam\/\d$/.test(String(name)))).toBe(true)
  const sizes = [...new Set(names)].map(name => names.filter(one => one === name).length)
  expect(sizes.every(size => size <= 3)).toBe(true)
  for (const [index, [socket]] of members.entries()) say(socket, `m${index}`)
  for (const [socket] of members) await socket.next(({ seq }) => seq === 5)
  const orders = members.map(([socket]) => contents(socket).join())
  expect(new Set(orders).size).toBe(1)
  await Promise.all(members.map(([socket]) => socket.close()))
})

test('[R1] who comes back is sent what was missed, from the memory of the relay', async () => {
  const [ada] = await join('resume', 'ada')
  const [bob, { epoch }] = await join('resume', 'bob')
  say(ada, 'm1')
  await bob.next(({ seq }) => seq === 1)
  await bob.close()
  for (let index = 2; index <= 6; index++) say(ada, `m${index}`)
  await ada.next(({ seq }) => seq === 6)
  const [again, welcome] = await join('resume', 'bob', `&since=1&epoch=${epoch}`)
  expect(welcome).toMatchObject({ recovered: true, head: 6 })
  const { data } = await again.next(({ type }) => type === 'history')
  expect((data as { events: { seq: number }[] }).events.map(({ seq }) => seq)).toEqual([2, 3, 4, 5, 6])
  say(ada, 'm7')
  expect(await again.next(({ seq }) => seq !== undefined)).toMatchObject({ seq: 7 })
  await Promise.all([ada.close(), again.close()])
})

test('a plain socket, an event stream and a native one get the same message', async () => {
  const [ada] = await join('dialects', 'ada')
  const plain = await openSocket(server.ws('/ws/circles/dialects?name=bob'))
  say(ada, 'm1', 'hello')
  await ada.next(({ type }) => type === 'ack')
  if (plain.texts.length === 0) await plain.next()
  expect(plain.texts.join()).toContain('hello')
  const stream = await fetch(`${server.url}/api/channels/circle/dialects/stream?since=0`)
  const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  while (!text.includes('hello')) text += (await reader?.read())?.value
  expect(text).toContain('event: welcome')
  await reader?.cancel()
  await Promise.all([ada.close(), plain.close()])
})

test('[W] the statistics name the relays of a circle, and so does the doctor', async () => {
  const members = await Promise.all(['ada', 'bob', 'cy', 'dee'].map(name => join('watched', name)))
  const relays = Map.groupBy(members, ([, { relay }]) => String(relay))
  const expected = [...relays].map(([name, { length }]) => ({ name, sessions: length, cut_since: null }))
  await expect
    .poll(async () => {
      const { top } = (await (await fetch(`${server.url}/api/stats`)).json()) as DeploymentStats
      const found = top.find(({ channel }) => channel === 'circle:watched')?.relays ?? []
      return found.map(({ name, sessions, cut_since }) => ({ name, sessions, cut_since })).toSorted(byName)
    })
    .toEqual(expected.toSorted(byName))
  const { code, out } = await circles(['doctor', '--channel', 'watched', '--url', server.url, '--name', 'eve'])
  expect([code, out]).toEqual([0, expect.stringContaining('relay: this socket stands at watched/enam/')])
  for (const { name } of expected) expect(out).toMatch(new RegExp(`relay: ${name}: [0-9] sockets?, connected`))
  await Promise.all(members.map(([socket]) => socket.close()))
})

test('a circle that is deleted closes the sockets behind its relays with 4410', async () => {
  const body = JSON.stringify({ name: 'gone' })
  const headers = { 'content-type': 'application/json' }
  expect((await fetch(`${server.url}/api/circles?name=ada`, { method: 'POST', body, headers })).status).toBe(201)
  const [ada, { relay }] = await join('gone', 'ada')
  expect(relay).toBe('gone/enam/0')
  expect((await fetch(`${server.url}/api/circles/gone?confirm=gone&name=ada`, { method: 'DELETE' })).status).toBe(204)
  expect(await ada.closed).toBe(4410)
})
