import { expect, test } from 'vitest'
import { UnhandledFrames } from '../../src/relay/unhandled-frames.ts'
import type { UpFrame } from '../../src/relay/wire.ts'

/** The frames of one member, with turns of the event loop that end on demand. */
class Harness {
  isUp = true
  readonly #sent: string[] = []
  #turns: (() => void)[] = []
  readonly frames = new UnhandledFrames({
    isUp: () => this.isUp,
    send: frames =>
      void this.#sent.push(Array.isArray(frames) ? frames.map(written).join() : written(frames as UpFrame)),
    afterEventLoopTurn: run => void this.#turns.push(run),
  })

  say(...texts: string[]): void {
    for (const text of texts) this.frames.push('s1', text)
  }

  /** Ends turns of the event loop until nothing waits for one. */
  endTurns(): void {
    while (this.#turns.length > 0) for (const run of this.#turns.splice(0)) run()
  }

  /** What was sent since the last call, a text for each message to the circle. */
  take(): string[] {
    return this.#sent.splice(0)
  }
}

const written = (frame: UpFrame) => (frame.t === 'from' ? `${frame.n}${frame.frame}` : frame.t)

test('a frame that comes alone goes up at once; those that come before it is handled go up together, in their order', async () => {
  const harness = new Harness()
  harness.say('a', 'b', 'c')
  expect(harness.take()).toEqual(['1a'])
  harness.endTurns()
  expect(harness.take()).toEqual(['2b,3c'])
  harness.frames.handled(3)
  await Promise.resolve()
  harness.say('d')
  harness.endTurns()
  expect(harness.take()).toEqual(['4d']) // after a group, the next begins with its first
  harness.frames.handled(4)
  await Promise.resolve()
  harness.say('e')
  expect(harness.take()).toEqual(['5e'])
})

test('what is drained does not wait for the turn, and does not go up again after it', () => {
  const harness = new Harness()
  harness.say('a', 'b')
  harness.frames.drain()
  expect(harness.take()).toEqual(['1a', '2b'])
  harness.endTurns()
  expect(harness.take()).toEqual([])
})

test('[L3] what waits for the turn when the connection goes is sent with all others once it is there again, and once', () => {
  const harness = new Harness()
  harness.say('a', 'b')
  harness.isUp = false
  harness.say('c')
  expect([...harness.frames.sentBy()]).toEqual(['s1'])
  harness.isUp = true
  harness.frames.sendAll()
  expect(harness.take()).toEqual(['1a', '1a', '2b', '3c'])
  harness.endTurns()
  expect(harness.take()).toEqual([])
})

test('while the connection is gone, the end of a turn sends nothing', () => {
  const harness = new Harness()
  harness.say('a', 'b')
  harness.take()
  harness.isUp = false
  harness.endTurns()
  harness.frames.handled(1)
  expect([harness.take(), [...harness.frames.sentBy()]]).toEqual([[], []])
})
