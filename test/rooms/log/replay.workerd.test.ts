import { evictDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { eventually } from '../../support/eventually.ts'
import { join, joinPlain } from '../../support/in-worker.ts'
import { randomChoices, seeds } from '../../support/random.ts'

type Socket = Awaited<ReturnType<typeof join>>

const stubOf = (circle: string) => env.CIRCLES.get(env.CIRCLES.idFromName(circle))

/** Evicts a circle's object, if it is in memory. The runtime waits a few seconds for what it does, and then gives up. */
function evict(circle: string): Promise<void> {
  return eventually(() =>
    evictDurableObject(stubOf(circle)).catch((error: unknown) =>
      expect(String(error)).toMatch(/not currently running/),
    ),
  )
}

/** A native client that resumes after cuts, as real ones do. */
class Reader {
  readonly seen: number[] = []
  readonly #path: string
  #socket: Socket | null = null
  #read = 0
  #epoch = ''

  constructor(circle: string, name: string) {
    this.#path = `/ws/circles/${circle}?name=${name}`
  }

  async connect(): Promise<void> {
    const resume = this.#epoch === '' ? '' : `&since=${this.seen.at(-1) ?? 0}&epoch=${this.#epoch}`
    this.#socket = await join(this.#path + resume)
    this.#read = 0
  }

  read(): void {
    const frames = this.#socket?.frames.slice(this.#read) ?? []
    this.#read += frames.length
    for (const { type, data, seq } of frames) {
      if (type === 'welcome') {
        if (this.#epoch !== '') expect(data['recovered']).toBe(true)
        this.#epoch = String(data['epoch'])
      }
      if (type === 'history') this.seen.push(...(data['events'] as { seq: number }[]).map(event => event.seq))
      if (seq !== undefined) this.seen.push(seq)
    }
  }

  /** Frames that were received and not read are lost, as when a network fails. */
  cut(): void {
    this.#socket?.webSocket.close(1000)
    this.#socket = null
  }

  /** Returns whether a welcome was received, so that it can resume. */
  canResume(): boolean {
    this.read()
    return this.#epoch !== ''
  }

  get isConnected(): boolean {
    return this.#socket !== null && this.#socket.closes.length === 0
  }
}

async function playSchedule(seed: number): Promise<{ seen: number[]; head: number }> {
  const { roll, chance, pick } = randomChoices(seed)
  const circle = `schedule-${seed}`
  // Plain senders: only the reader receives presence, so no timer is pending when it is cut (an eviction waits for timers).
  const senders = [await joinPlain(circle, 'ada'), await joinPlain(circle, 'bob')]
  const reader = new Reader(circle, 'reader')
  let sent = 0
  const sendNext = () => {
    if (sent >= 36) return // the burst limit of two senders
    sent += 1
    pick(senders).webSocket.send(JSON.stringify({ content: `message ${sent}` }))
  }
  await reader.connect()
  await eventually(() => expect(reader.canResume()).toBe(true))
  for (let step = 0; step < 16; step++) {
    const action = roll(6)
    if (action < 2) for (let left = roll(6); left > 0; left--) sendNext()
    else if (action < 4) reader.read()
    else if (action < 5) reader.cut()
    else await evict(circle)
    if (!reader.isConnected && chance(0.5)) await reader.connect()
  }
  await eventually(async () => {
    if (!reader.isConnected) await reader.connect()
    for (const { frames } of senders) expect(frames).toHaveLength(sent)
    reader.read()
    expect(reader.seen.at(-1) ?? 0).toBe(sent)
  })
  reader.cut()
  for (const { webSocket } of senders) webSocket.close(1000)
  return { seen: reader.seen, head: sent }
}

const count = env.RELAYS === undefined ? 100 : 40 // behind relays each takes more than twice the work

test(`[R3] [L5] ${count} schedules of cuts and evictions under concurrent senders: no gap and no repeat`, async () => {
  const play = async (seed: number) => {
    const { seen, head } = await playSchedule(seed)
    expect(seen, `CIRCLES_SEED=${seed}`).toEqual(Array.from({ length: head }, (_, index) => index + 1))
  }
  await Promise.all(seeds(count).map(play)) // each in a circle of its own: an eviction waits for what is pending there
})
