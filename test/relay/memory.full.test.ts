import { setTimeout as pause } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import type { UpFrame } from '../../src/relay/wire.ts'
import { Circle } from './world.ts'

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

/** A circle, and a relay of this test through which any number of members join. */
class Joining {
  readonly circle = new Circle()
  #members = 0
  #taken = 0
  readonly #wire

  constructor() {
    const accepted = this.circle.accept('dev/enam/0', 0, text => this.#take(text))
    if (accepted === null) throw new Error('expected the circle to answer')
    this.#wire = accepted.wire
    this.#send({ t: 'hello', epoch: null, seq: null, sessions: [] })
  }

  get #sessions(): number {
    return this.circle.host.room?.context.sessions.size ?? 0
  }

  /** So many more join; returns the bytes of the heap once all are there. */
  async join(count: number): Promise<number> {
    for (let sent = 0; sent < count; sent += 100) {
      this.#send(...Array.from({ length: 100 }, () => this.#next()))
      await pause(0)
    }
    await expect.poll(() => this.#sessions).toBe(this.#members)
    await expect.poll(() => this.circle.host.relays?.figures()[0]?.behind).toBeLessThan(100_000) // all was taken
    collectGarbage()
    return process.memoryUsage().heapUsed
  }

  #next(): UpFrame {
    this.#members += 1
    const id = `user-${this.#members}`
    const principal = { id, name: id, kind: 'person', role: 'member', expires: null, issued: Date.now() } as const
    const about = { channel: 'dev', principal, dialect: 'native', agent: null, ticket: null } as const
    return { t: 'join', ref: this.#members, caller: { ...about, since: null, epoch: null } }
  }

  #take(text: string): void {
    this.#taken += text.length
    if (this.#taken < 50_000) return
    this.#send({ t: 'taken', characters: this.#taken })
    this.#taken = 0
  }

  #send(...frames: UpFrame[]): void {
    this.#wire.sendUp(JSON.stringify(frames))
  }
}

test('a member behind a relay takes less than 2 KB of the memory of its circle', async () => {
  const joining = new Joining()
  const before = await joining.join(1_000)
  const bytes = ((await joining.join(4_000)) - before) / 4_000
  console.log(`${Math.round(bytes)} bytes a member`) // half of it in workerd, whose pointers are half as long
  expect(bytes).toBeLessThan(2_000)
})
