import { expect, test } from 'vitest'
import { eventsOf, take } from '../../support/event-source.ts'
import { startServer } from '../../support/server.ts'

test('[W] a listener hears a channel; cut off, and after a crash, it resumes where it was, and is sent away at the end', async () => {
  await using server = await startServer()
  const circle = `${server.url}/api/circles/radio`
  const say = async (content: string) => {
    const headers = { 'content-type': 'application/json' }
    const said = await fetch(`${circle}/messages?name=ada`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ content }),
    })
    return ((await said.json()) as { seq: number }).seq
  }
  const listen = async (query = '', headers: Record<string, string> = {}) => {
    const control = new AbortController()
    const { signal } = control
    const response = await fetch(`${server.url}/api/channels/circle/radio/stream?name=bob${query}`, { headers, signal })
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8'])
    return { events: eventsOf(response.body), cut: () => control.abort() }
  }
  expect((await fetch(`${server.url}/api/channels/circle/radio/stream`)).status).toBe(404)
  const made = await fetch(`${server.url}/api/circles?name=ada`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"name":"radio"}',
  })
  const { epoch, head } = (await made.json()) as { epoch: string; head: number }

  const first = await listen()
  expect(await take(first.events, 1)).toMatchObject([
    { id: null, event: 'welcome', data: { epoch, head, recovered: null } },
  ])
  const one = await say('one')
  expect(await take(first.events, 1)).toMatchObject([
    {
      id: `${one}`,
      event: 'message',
      data: { seq: one, type: 'message', channel: 'circle:radio', data: { content: 'one' } },
    },
  ])
  first.cut()
  for (const content of ['two', 'three']) await say(content)

  const second = await listen(`&epoch=${epoch}`, { 'last-event-id': `${one}` })
  const contents = (sent: { data: Record<string, unknown> }[]) =>
    sent.map(({ data }) => (data.data as { content: string }).content)
  expect(await take(second.events, 1)).toMatchObject([{ event: 'welcome', data: { recovered: true } }])
  expect(contents(await take(second.events, 2))).toEqual(['two', 'three'])
  await server.kill9()
  await expect(take(second.events, 1)).rejects.toThrow()
  await server.start()
  await say('four')

  const third = await listen(`&since=${one + 2}`) // no epoch: the welcome says which log this is
  expect(await take(third.events, 1)).toMatchObject([{ event: 'welcome', data: { epoch, recovered: true } }])
  expect(contents(await take(third.events, 1))).toEqual(['four'])
  const stranger = await listen('&since=1&epoch=another')
  expect(await take(stranger.events, 1)).toMatchObject([{ event: 'welcome', data: { epoch, recovered: false } }])
  stranger.cut()

  await fetch(`${circle}?confirm=radio&name=ada`, { method: 'DELETE' })
  expect(await take(third.events, 1)).toMatchObject([{ event: 'end', data: { code: 4410 } }])
  expect(await third.events.next()).toMatchObject({ done: true })
})
