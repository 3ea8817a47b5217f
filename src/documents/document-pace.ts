/** How much time is between two rows of a document that is being edited (ms). */
export const saveMs = 1_000
/** How long nobody edits a document before it is compacted (ms). */
export const idleMs = 2_000
/** How much time is between two answers of one session that take the whole document (ms). */
export const answerMs = 1_000
/** How long somebody may have to wait for more of their allowance and still be asked again for what was refused (ms). */
export const askAgainMs = 60_000
/** How much time is between two refusals that one session is told (ms). */
export const tellMs = 5_000

const gatherMsPerTen = 2 // receivers; sending a frame to ten takes about 0.13 ms
const mostGatherMs = 50

/** How long what comes after something was sent waits for more at most (ms), by how many are told; 0: it does not wait. */
export function gatherMs(receivers: number): number {
  return Math.min(mostGatherMs, gatherMsPerTen * Math.floor(receivers / 10))
}
