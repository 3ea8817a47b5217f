import { setTimeout as pause } from 'node:timers/promises'

const pollMs = 20

/** Polls until a condition is true, or until the timeout. */
export async function waitUntil(condition: () => boolean, timeoutMs = 5_000): Promise<void> {
  const end = performance.now() + timeoutMs
  while (!condition() && performance.now() < end) await pause(pollMs)
}
