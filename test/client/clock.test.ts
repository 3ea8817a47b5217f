import { describe, expect, test } from 'vitest'
import { withSteadyClock } from '../../src/client/steady-clock.ts'
import { fakePlatform } from './fake-platform.ts'
import { setUpCircle } from './fixtures.ts'

const noSocket = { socket: () => Promise.reject() as never }

describe('the clock for waits', () => {
  test('goes on when the wall clock is set back, and ends no wait late', async () => {
    const platform = fakePlatform(noSocket)
    const { elapsed, after: startTimer } = withSteadyClock(platform.beside({ monotonicNow: () => platform.clock.now }))
    const begin = elapsed()
    await platform.advance(1_000)
    platform.clock.skew -= 3_600_000
    await platform.advance(1_000)
    expect(elapsed() - begin).toBe(2_000)
    startTimer(500, () => {})
    platform.clock.skew -= 10_000
    await platform.advance(500)
    expect(elapsed() - begin).toBe(2_500)
  })

  test('takes a timer that fires as proof, where there is no monotonic clock', async () => {
    const platform = fakePlatform(noSocket)
    const { elapsed, after: startTimer } = withSteadyClock(platform)
    const begin = elapsed()
    startTimer(5_000, () => {})
    platform.clock.skew -= 3_600_000
    await platform.advance(5_000)
    expect(elapsed() - begin).toBe(5_000)
  })

  test('counts the time that a computer slept, during which a monotonic clock may stand still', async () => {
    const platform = fakePlatform(noSocket)
    const { elapsed, monotonicNow } = withSteadyClock(platform.beside({ monotonicNow: () => 7 }))
    await platform.advance(60_000)
    expect([elapsed(), monotonicNow()]).toEqual([60_000, 7])
  })

  test('has no timer that is too long for the runtime, which would run it at once', () => {
    const waits: number[] = []
    const { after: startTimer } = withSteadyClock({
      ...fakePlatform(noSocket),
      after(ms) {
        waits.push(ms)
        return () => {}
      },
    })
    startTimer(1e12, () => {})
    expect(waits).toEqual([2 ** 31 - 1])
  })
})

// With a monotonic clock and without one, as on a platform of 0.1.
describe.each([true, false])('a monotonic clock: %s', hasMonotonic => {
  /** Ada's client, whose network fails until `isUp`. */
  function setUp() {
    const network = { isUp: true }
    let monotonicNow = () => 0
    const fixture = setUpCircle({
      change: {
        ...(hasMonotonic && { monotonicNow: () => monotonicNow() }),
        socket(url, protocols) {
          if (!network.isUp) throw new Error('offline')
          return fixture.room.socket(url, protocols)
        },
      },
    })
    const begin = fixture.platform.clock.now
    monotonicNow = () => fixture.platform.clock.now - begin
    return { ...fixture, network }
  }

  test.each([-86_400_000, -3_600_000, -10_000, -1_000, 1_000, 3_600_000])(
    'whatever the connection waits for, a clock that is set by %i ms makes it wait no longer',
    async stepMs => {
      for (const waitMs of [1, 300, 5_000, 20_000]) {
        const { platform, room, circle, network, open } = setUp()
        await open()
        await platform.advance(20_000)
        network.isUp = false
        room.peers[0]?.close()
        await platform.advance(waitMs)
        network.isUp = true
        platform.clock.skew += stepMs
        await platform.advance(30_000)
        expect(circle.state.connection.phase).toBe('live')
      }
    },
  )

  test('a dead socket is noticed, a held message is sent and typing ends, although the clock is set back', async () => {
    const { platform, room, circle, open } = setUp()
    await open()
    let refusals = 1
    room.intercept = (_, { type, id = '' }) =>
      type === 'message' && refusals-- > 0
        ? { type: 'error', data: { id, code: 'rate_limited', message: 'Slowly.', retry_after_ms: 2_000 } }
        : 'accept'
    const sent = circle.send('one')
    room.broadcast('typing', { user_id: 'guest:bob', user_name: 'bob', active: true })
    await platform.advance(100)
    platform.clock.skew -= 3_600_000
    await platform.advance(7_500)
    expect((await sent).seq).toBe(1)
    expect(circle.state.typing).toEqual([])
    room.peers[0]?.vanish()
    await platform.advance(38_000)
    expect(room.opened).toBe(2)
  })

  test('forty messages take no longer when the clock is set back', async () => {
    const { platform, room, circle, open } = setUp()
    await open()
    for (let count = 1; count <= 40; count++) circle.send(`${count}`).catch(() => {})
    await platform.advance(500)
    platform.clock.skew -= 3_600_000
    await platform.advance(6_000)
    expect(room.log).toHaveLength(40)
  })

  test('the state shows times of the wall clock', async () => {
    const { platform, room, circle, network, open } = setUp()
    platform.clock.skew = 5_000_000
    await open()
    network.isUp = false
    room.peers[0]?.close()
    await platform.advance(100)
    const { downSince, since, due } = circle.state.connection
    const now = platform.now()
    expect(now - (downSince ?? 0)).toBeLessThan(1_000)
    expect(now - since).toBeLessThan(1_000)
    expect(Math.abs((due ?? 0) - now)).toBeLessThan(30_000)
  })
})
