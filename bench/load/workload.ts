import { setTimeout as pause } from 'node:timers/promises'
import type { Crowd } from './client-group.ts'

/** A way of talking, for a while. */
export type Talk = { name: string; talk(crowd: Crowd, seconds: number): Promise<void> }

/** So many messages, written together; the next ones when everybody had the last. One: one message at a time. */
export function bursts(size: number, bytes?: number): Talk {
  return {
    name: size === 1 ? 'one at a time' : `bursts of ${size}`,
    async talk(crowd, seconds) {
      const end = performance.now() + seconds * 1_000
      while (performance.now() < end) {
        const before = crowd.tally.events
        crowd.say(size, bytes)
        if (!(await crowd.heard(before, size))) return // what is missing is counted as lost
      }
    },
  }
}

/** A stream: small messages, so many of them on their way at any time; what comes next does not wait for the last. */
export function flow(window: number, bytes: number): Talk {
  const step = window / 4
  return {
    name: 'a stream',
    async talk(crowd, seconds) {
      const { events } = crowd.tally
      const { said } = crowd
      const end = performance.now() + seconds * 1_000
      crowd.say(window, bytes)
      while (performance.now() < end) {
        if (!(await crowd.heard(events, crowd.said - said - window + step))) return
        crowd.say(step, bytes)
      }
      await crowd.heard(events, crowd.said - said)
    },
  }
}

/** So many messages a second, whatever the others have heard of them. */
export function steady(perSecond: number): Talk {
  return {
    name: `${perSecond} a second`,
    async talk(crowd, seconds) {
      const { events } = crowd.tally
      const begin = performance.now()
      const messages = Math.max(1, Math.round(perSecond * seconds))
      for (let index = 0; index < messages; index++) {
        await pause(Math.max(0, begin + (index * 1_000) / perSecond - performance.now()))
        crowd.say(1)
      }
      await crowd.heard(events, messages)
    },
  }
}
