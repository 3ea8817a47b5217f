import { expect, test } from 'vitest'
import { FrameBuffer } from '../../../src/rooms/object/frame-buffer.ts'

/** A frame buffer, with turns of the event loop and commits that end on demand. */
class Harness {
  readonly groups: string[][] = []
  readonly buffer: FrameBuffer
  timers = 0
  #turns: (() => void)[] = []
  #commits: (() => void)[] = []

  constructor() {
    this.buffer = new FrameBuffer({
      handle: frames => this.groups.push(frames.map(({ frame }) => `${frame}`.slice(0, 3))),
      afterEventLoopTurn: run => {
        this.timers += 1
        this.#turns.push(run)
      },
      committed: () => new Promise<void>(resolve => this.#commits.push(resolve)),
    })
  }

  receive(...frames: string[]): void {
    for (const frame of frames) this.buffer.push({ from: 'ada', frame })
  }

  endTurn(): void {
    for (const run of this.#turns.splice(0)) run()
  }

  /** Ends turns until no group waits for one. */
  endTurns(): void {
    while (this.#turns.length > 0) this.endTurn()
  }

  async commit(): Promise<void> {
    for (const resolve of this.#commits.splice(0)) resolve()
    await Promise.resolve()
  }
}

test('single frames are handled at once, and no timer is set', async () => {
  const harness = new Harness()
  for (const frame of ['a', 'b', 'c']) {
    harness.receive(frame)
    await harness.commit()
  }
  expect(harness.groups).toEqual([['a'], ['b'], ['c']])
  expect(harness.timers).toBe(0)
})

test('where nobody waits for a commit, each frame is handled at once', () => {
  const groups: string[][] = []
  const buffer = new FrameBuffer({
    handle: frames => groups.push(frames.map(({ frame }) => `${frame}`)),
    afterEventLoopTurn: () => groups.push([]),
    committed: () => null,
  })
  for (const frame of ['a', 'b', 'c']) buffer.push({ from: 'ada', frame })
  expect(groups).toEqual([['a'], ['b'], ['c']])
})

test('frames received before the first is on disk are handled together at the end of a turn', () => {
  const harness = new Harness()
  harness.receive('a', 'b', 'c', 'd')
  expect(harness.groups).toEqual([['a']])
  harness.endTurns()
  expect(harness.groups).toEqual([['a'], ['b', 'c', 'd']])
})

test('after a group of several, the next starts with its first frame; after a group of one it does not', async () => {
  const harness = new Harness()
  harness.receive('a', 'b', 'c')
  harness.endTurns()
  await harness.commit()
  harness.receive('d', 'e')
  harness.endTurns()
  harness.receive('f')
  harness.endTurns()
  harness.receive('g')
  expect(harness.groups).toEqual([['a'], ['b', 'c'], ['d', 'e'], ['f'], ['g']])
})

test('a group that grew in a turn waits for the end of the next; one that did not is handled', () => {
  const harness = new Harness()
  harness.receive('a', 'b')
  harness.endTurn() // of the turn in which `b` came
  expect(harness.groups).toEqual([['a'], ['b']])
  harness.receive('c')
  harness.receive('d')
  harness.endTurn()
  expect(harness.groups).toEqual([['a'], ['b']])
  harness.receive('e')
  harness.endTurn()
  expect(harness.groups).toEqual([['a'], ['b']])
  harness.endTurn()
  expect(harness.groups).toEqual([['a'], ['b'], ['c', 'd', 'e']])
})

test('a group waits for at most eight turns, however much it grows', () => {
  const harness = new Harness()
  harness.receive('a', 'b', 'c')
  for (let turn = 1; turn < 8; turn++) {
    harness.endTurn()
    harness.receive('d')
  }
  expect(harness.groups).toEqual([['a']])
  harness.endTurn()
  expect(harness.groups).toEqual([['a'], ['b', 'c', 'd', 'd', 'd', 'd', 'd', 'd', 'd']])
})

test('`drain` handles buffered frames, once', () => {
  const harness = new Harness()
  harness.receive('a', 'b', 'c')
  harness.buffer.drain()
  harness.endTurns()
  harness.buffer.drain()
  expect(harness.groups).toEqual([['a'], ['b', 'c']])
})

test('a group is bounded: 512 frames or 256 Ki characters are handled before the turn ends', () => {
  const many = new Harness()
  many.receive('a', ...Array.from({ length: 600 }, () => 'b'))
  expect(many.groups.map(({ length }) => length)).toEqual([1, 512])
  const large = new Harness()
  large.receive('a', ...Array.from({ length: 5 }, () => 'b'.repeat(65_536)))
  expect(large.groups.map(({ length }) => length)).toEqual([1, 4])
})

test('a frame received while a group is handled waits for the next', () => {
  const groups: string[][] = []
  const turns: (() => void)[] = []
  const buffer: FrameBuffer = new FrameBuffer({
    handle: frames => {
      groups.push(frames.map(({ frame }) => `${frame}`))
      if (groups.length === 2) buffer.push({ from: 'bob', frame: 'late' })
    },
    afterEventLoopTurn: run => turns.push(run),
    committed: () => new Promise(() => {}),
  })
  for (const frame of ['a', 'b', 'c']) buffer.push({ from: 'ada', frame })
  turns.shift()?.()
  turns.shift()?.()
  expect(groups).toEqual([['a'], ['b', 'c']])
  turns.shift()?.()
  expect(groups).toEqual([['a'], ['b', 'c'], ['late']])
})
