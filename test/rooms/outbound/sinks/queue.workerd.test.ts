import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { eventually } from '../../../support/eventually.ts'
import { askAs } from '../../../support/in-worker.ts'

// vitest.config.ts binds both sinks to an auxiliary Worker, `sink-receiver`, which keeps what it gets.

type Received = { from: 'queue' | 'service'; event: { channel: string; seq: number; type: string; epoch: string } }

async function receivedIn(channel: string): Promise<Received[]> {
  const { SINK_RECEIVER } = env as unknown as { SINK_RECEIVER: Fetcher }
  const all: Received[] = await (await SINK_RECEIVER.fetch('https://sink/')).json()
  return all.filter(({ event }) => event.channel === channel)
}

test('[W] a real queue and a service take every event of a circle in order, from whoever sends it', async () => {
  const path = '/api/circles/sink-test/messages'
  for (const content of ['one', 'two', 'three']) {
    expect(await askAs('ada', 'POST', path, { content })).toMatchObject({ status: 201 })
  }
  await askAs('ada', 'POST', '/api/circles/no-sink/messages', { content: 'not for sinks' })
  await eventually(async () => expect(await receivedIn('circle:sink-test')).toHaveLength(6))
  const received = await receivedIn('circle:sink-test')
  for (const from of ['queue', 'service']) {
    const own = received.filter(one => one.from === from)
    expect(own.map(({ event }) => event.seq)).toEqual([1, 2, 3])
    expect(own[0]?.event).toMatchObject({ type: 'message', data: { content: 'one' }, epoch: expect.any(String) })
  }
  expect(await receivedIn('circle:no-sink')).toEqual([])
})
