import { setTimeout as pause } from 'node:timers/promises'

const everyMs = 20

/** Waits until something is so, or for so long that it will not be. */
export async function until(isSo: () => boolean, patienceMs = 5_000): Promise<void> {
  const end = performance.now() + patienceMs
  while (!isSo() && performance.now() < end) await pause(everyMs)
}
