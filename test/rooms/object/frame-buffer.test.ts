import { expect, test } from 'vitest'
import { FrameBuffer } from '../../../src/rooms/object/frame-buffer.ts'

/** An intake in a world that moves only when told: turns of the event loop and commits. */
class World {
  readonly groups: string[][] = []
  readonly intake: FrameBuffer
  timers = 0
  #turns: (() => void)[] = []
  #commits: (() => void)[] = []

  constructor() {
    this.intake = new FrameBuffer({
      handle: arrivals => this.groups.push(arrivals.map(({ frame }) => `${frame}`.slice(0, 3))),
      turnEnds: run => {
        this.timers += 1
        this.#turns.push(run)
      },
      committed: () => new Promise<void>(resolve => this.#commits.push(resolve)),
    })
  }

  take(...frames: string[]): void {
    for (const frame of frames) this.intake.push({ from: 'ada', frame })
  }

  turn(): void {
    for (const run of this.#turns.splice(0)) run()
  }

  async commit(): Promise<void> {
    for (const resolve of this.#commits.splice(0)) resolve()
    await Promise.resolve()
  }
}

test('frames that come alone are handled at once, and no timer is ever set', async () => {
  const world = new World()
  for (const frame of ['a', 'b', 'c']) {
    world.take(frame)
    await world.commit()
  }
  expect(world.groups).toEqual([['a'], ['b'], ['c']])
  expect(world.timers).toBe(0)
})

test('those that come while the first is not on disk yet are handled together when the turn ends', () => {
  const world = new World()
  world.take('a', 'b', 'c', 'd')
  expect(world.groups).toEqual([['a']])
  world.turn()
  expect(world.groups).toEqual([['a'], ['b', 'c', 'd']])
})

test('after a group with company the next one gathers from its first frame; after a lone one no more', async () => {
  const world = new World()
  world.take('a', 'b', 'c')
  world.turn()
  await world.commit()
  world.take('d', 'e')
  world.turn()
  world.take('f')
  world.turn()
  world.take('g')
  expect(world.groups).toEqual([['a'], ['b', 'c'], ['d', 'e'], ['f'], ['g']])
})

test('what waits is handled before something else happens, and once', () => {
  const world = new World()
  world.take('a', 'b', 'c')
  world.intake.drain()
  world.turn()
  world.intake.drain()
  expect(world.groups).toEqual([['a'], ['b', 'c']])
})

test('a group is bounded: 512 frames or 256 Ki characters do not wait for the turn to end', () => {
  const many = new World()
  many.take('a', ...Array.from({ length: 600 }, () => 'b'))
  expect(many.groups.map(({ length }) => length)).toEqual([1, 512])
  const large = new World()
  large.take('a', ...Array.from({ length: 5 }, () => 'b'.repeat(65_536)))
  expect(large.groups.map(({ length }) => length)).toEqual([1, 4])
})

test('a frame that comes while a group is handled waits for the next', () => {
  const groups: string[][] = []
  const turns: (() => void)[] = []
  const intake: FrameBuffer = new FrameBuffer({
    handle: arrivals => {
      groups.push(arrivals.map(({ frame }) => `${frame}`))
      if (groups.length === 2) intake.push({ from: 'bob', frame: 'late' })
    },
    turnEnds: run => turns.push(run),
    committed: () => new Promise(() => {}),
  })
  for (const frame of ['a', 'b', 'c']) intake.push({ from: 'ada', frame })
  turns.shift()?.()
  expect(groups).toEqual([['a'], ['b', 'c']])
  turns.shift()?.()
  expect(groups).toEqual([['a'], ['b', 'c'], ['late']])
})
