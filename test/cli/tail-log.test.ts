import { expect, test } from 'vitest'
import { followLog } from '../../src/cli/tail-log.ts'
import type { Channel, EventFrame } from '../../src/client/client.ts'

/** A channel whose client is told of events one by one. */
function fakeChannel() {
  const log: EventFrame[] = []
  const handlers = new Map<string, (event: EventFrame) => void>()
  const requests: number[] = []
  let changed = () => {}
  const state = { position: 0, epoch: 'e1', connection: { phase: 'live', reason: null } }
  const channel = {
    state,
    on: (type: string, handler: (event: EventFrame) => void) => {
      handlers.set(type, handler)
      return () => {}
    },
    subscribe: (run: () => void) => {
      changed = run
      return () => {}
    },
    history: async ({ after }: { after: number }) => {
      requests.push(after)
      return { events: log.filter(({ seq }) => seq > after), more: false }
    },
  }
  const receive = (type: string) => {
    const event = { type, data: {}, seq: log.length + 1 } as unknown as EventFrame
    log.push(event)
    state.position = event.seq
    changed()
    handlers.get(type)?.(event)
  }
  return { channel: channel as unknown as Channel, receive, requests }
}

test('[cli] tail shows an event of a type that it does not know as soon as it comes', async () => {
  const { channel, receive, requests } = fakeChannel()
  const shown: string[] = []
  const end = new AbortController()
  const show = ({ seq, type }: EventFrame) => void shown.push(`${seq} ${type}`)
  const followed = followLog(channel, 0, { types: ['message'], signal: end.signal, show })
  receive('message')
  receive('poll_created')
  await expect.poll(() => shown).toEqual(['1 message', '2 poll_created'])
  receive('message')
  await expect.poll(() => shown.at(-1)).toBe('3 message')
  expect(requests).toEqual([1]) // what is known needs no request
  end.abort()
  await followed
})
