import { expect, test } from 'vitest'
import { eventsOf, take } from '../../support/event-source.ts'
import { startServer } from '../../support/server.ts'

test('[W] a stream carries a channel’s events, resumes after a disconnect and a crash, and ends with the channel', async () => {
  await using server = await startServer()
  const circle = `${server.url}/api/circles/radio`
  const post = async (content: string) => {
    const headers = { 'content-type': 'application/json' }
    const posted = await fetch(`${circle}/messages?name=ada`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ content }),
    })
    return ((await posted.json()) as { seq: number }).seq
  }
  const openStream = async (query = '', headers: Record<string, string> = {}) => {
    const control = new AbortController()
    const { signal } = control
    const response = await fetch(`${server.url}/api/channels/circle/radio/stream?name=bob${query}`, { headers, signal })
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8'])
    return { events: eventsOf(response.body), cut: () => control.abort() }
  }
  expect((await fetch(`${server.url}/api/channels/circle/radio/stream`)).status).toBe(404)
  const created = await fetch(`${server.url}/api/circles?name=ada`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"name":"radio"}',
  })
  const { epoch, head } = (await created.json()) as { epoch: string; head: number }

  const first = await openStream()
  expect(await take(first.events, 1)).toMatchObject([
    { id: null, event: 'welcome', data: { epoch, head, recovered: null } },
  ])
  const one = await post('one')
  expect(await take(first.events, 1)).toMatchObject([
    {
      id: `${one}`,
      event: 'message',
      data: { seq: one, type: 'message', channel: 'circle:radio', data: { content: 'one' } },
    },
  ])
  first.cut()
  for (const content of ['two', 'three']) await post(content)

  const second = await openStream(`&epoch=${epoch}`, { 'last-event-id': `${one}` })
  const contents = (events: { data: Record<string, unknown> }[]) =>
    events.map(({ data }) => (data.data as { content: string }).content)
  expect(await take(second.events, 1)).toMatchObject([{ event: 'welcome', data: { recovered: true } }])
  expect(contents(await take(second.events, 2))).toEqual(['two', 'three'])
  await server.kill9()
  await expect(take(second.events, 1)).rejects.toThrow()
  await server.start()
  await post('four')

  const third = await openStream(`&since=${one + 2}`) // without an epoch: `welcome` returns that of the present log
  expect(await take(third.events, 1)).toMatchObject([{ event: 'welcome', data: { epoch, recovered: true } }])
  expect(contents(await take(third.events, 1))).toEqual(['four'])
  const other = await openStream('&since=1&epoch=another')
  expect(await take(other.events, 1)).toMatchObject([{ event: 'welcome', data: { epoch, recovered: false } }])
  other.cut()

  await fetch(`${circle}?confirm=radio&name=ada`, { method: 'DELETE' })
  expect(await take(third.events, 1)).toMatchObject([{ event: 'end', data: { code: 4410 } }])
  expect(await third.events.next()).toMatchObject({ done: true })
})
