import { fits, nestsDeeperThan } from './text.ts'

// What an agent may store with one turn and show with a request for approval.

/** The bounds of one turn. Bytes are those of the JSON text. */
export const turnLimits = {
  approvals: 16, // requests for approval
  approval_bytes: 4_096, // data of one request
  approval_depth: 8,
  steps: 64,
  step_bytes: 65_536, // result of one step
  steps_bytes: 262_144, // results of all steps
} as const

/** Returns whether a value is small and flat enough to be shown to people. */
export function isApprovalData(data: unknown): boolean {
  const text = JSON.stringify(data) ?? 'null'
  return fits(text, turnLimits.approval_bytes) && !nestsDeeperThan(text, turnLimits.approval_depth)
}

/** Returns whether the results of a turn's steps are few and small enough to be stored with it. */
export function areSmallSteps(steps: readonly { result?: unknown }[]): boolean {
  const texts = steps.map(({ result }) => JSON.stringify(result) ?? '')
  const areEachSmall = texts.every(text => fits(text, turnLimits.step_bytes))
  return steps.length <= turnLimits.steps && areEachSmall && fits(texts.join(''), turnLimits.steps_bytes)
}

/** Returns a number of tokens as a whole number that is not negative: what is no number counts as 0. */
export function tokenCount(value: unknown): number {
  const count = Math.ceil(Number(typeof value === 'string' || typeof value === 'number' ? value : 0))
  return count > 0 ? Math.min(count, maxTokens) : 0
}

const maxTokens = 1_000_000_000 // of one reply: the sums that are made of it stay exact
