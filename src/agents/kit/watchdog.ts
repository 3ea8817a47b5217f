import type { TurnRequest } from './turn-request.ts'

const defaultSilenceMs = 45_000

/** How long a model may send nothing (ms): three quarters of the time of the call. */
export function silenceOf({ turn_seconds }: TurnRequest): number {
  return turn_seconds === undefined ? defaultSilenceMs : turn_seconds * 750
}

/** Starts a signal that fires after a silence. The SDK's own timeout begins only with the headers of the response. */
export function startWatchdog(silenceMs: number) {
  const silent = new AbortController()
  let timer = setTimeout(() => silent.abort(), silenceMs)
  return {
    signal: silent.signal,
    reset() {
      clearTimeout(timer)
      timer = setTimeout(() => silent.abort(), silenceMs)
    },
    stop: () => clearTimeout(timer),
  }
}
