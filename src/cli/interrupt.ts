/** Waits for a promise, but not beyond the signal: then it rejects with the signal's reason. */
export function orAborted<Result>(promise: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return Promise.race([promise, aborted(signal)])
}

/** Waits for a command. After the signal it has `graceMs` to end by itself, with its own result; then this rejects. */
export async function orInterrupted(command: Promise<unknown>, signal: AbortSignal, graceMs: number): Promise<void> {
  const cutOff = aborted(signal).catch(async (reason: unknown) => {
    await new Promise(resolve => setTimeout(resolve, graceMs))
    throw reason
  })
  cutOff.catch(() => {}) // the command may have ended before
  await Promise.race([command, cutOff])
}

function aborted(signal: AbortSignal): Promise<never> {
  const promise = new Promise<never>((_, reject) => {
    const abort = () => reject(signal.reason)
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
  })
  promise.catch(() => {})
  return promise
}
