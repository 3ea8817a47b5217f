import { setTimeout as pause } from 'node:timers/promises'
import type { ClientGroup } from './client-group.ts'

/** A pattern of sending that runs for a number of seconds. */
export type Workload = { name: string; run(group: ClientGroup, seconds: number): Promise<void> }

/** Sends bursts of `size` messages in one write; the next burst waits until everyone has the last one. */
export function bursts(size: number, bytes?: number): Workload {
  return {
    name: size === 1 ? 'one at a time' : `bursts of ${size}`,
    async run(group, seconds) {
      const end = performance.now() + seconds * 1_000
      while (performance.now() < end) {
        const before = group.stats.events
        group.sendMessages(size, bytes)
        if (!(await group.waitForDelivery(before, size))) return // missing messages are counted as lost
      }
    },
  }
}

/** How a sliding window is kept: how many messages it holds, how many are sent in one write, and their size. */
type Window = { name: string; inFlight: number; step: number; bytes?: number }

/** Keeps this many messages in flight: the next ones are sent as soon as so many have reached everyone. */
export function slidingWindow({ name, inFlight, step, bytes }: Window): Workload {
  return {
    name,
    async run(group, seconds) {
      const { events } = group.stats
      const { sent } = group
      const end = performance.now() + seconds * 1_000
      group.sendMessages(inFlight, bytes)
      while (performance.now() < end) {
        if (!(await group.waitForDelivery(events, group.sent - sent - inFlight + step))) return
        group.sendMessages(step, bytes)
      }
      await group.waitForDelivery(events, group.sent - sent)
    },
  }
}

/** Sends at a constant rate, however many messages have been delivered. */
export function constantRate(perSecond: number): Workload {
  return {
    name: `${perSecond} a second`,
    async run(group, seconds) {
      const { events } = group.stats
      const begin = performance.now()
      const messages = Math.max(1, Math.round(perSecond * seconds))
      for (let index = 0; index < messages; index++) {
        await pause(Math.max(0, begin + (index * 1_000) / perSecond - performance.now()))
        group.sendMessages(1)
      }
      await group.waitForDelivery(events, messages)
    },
  }
}
