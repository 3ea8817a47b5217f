import { Bystander } from './bystander.ts'
import type { Case } from './case.ts'
import { Harness, type Target } from './harness.ts'

/** The result of a case: null if the reaction was as expected, or what was different. */
export type Verdict = { testCase: Case; problem: string | null }

const lanes = 8 // many cases wait for something, and cases in two circles do not affect each other

/** Runs cases on a server: in a few circles at once, one after the other in each. `onVerdict` is called after each case. */
export async function runCases(
  target: Target,
  cases: readonly Case[],
  onVerdict = (_: Verdict) => {},
): Promise<Verdict[]> {
  const run = Date.now().toString(36)
  const left = [...cases]
  const verdicts: Verdict[] = []
  const runLane = async (number: number) => {
    let bystander = await Bystander.join(new Harness(target, `conformance-${run}-${number}`))
    for (let testCase = left.shift(); testCase !== undefined; testCase = left.shift()) {
      const verdict = { testCase, problem: await problemOf(testCase, bystander) }
      verdicts.push(verdict)
      onVerdict(verdict)
      if (verdict.problem === null) continue
      number += lanes // a new circle, because the failed case may have left something behind
      bystander = await Bystander.join(new Harness(target, `conformance-${run}-${number}`))
    }
    await bystander.close()
  }
  await Promise.all(Array.from({ length: Math.min(lanes, cases.length) }, (_, number) => runLane(number)))
  return verdicts
}

async function problemOf(testCase: Case, bystander: Bystander): Promise<string | null> {
  try {
    await bystander.check(testCase)
    return null
  } catch (error) {
    const first = firstOf(error)
    return first instanceof Error ? first.message : String(first)
  }
}

/** The error that came first: closing what a case opened may fail after it, and because of it. */
export function firstOf(error: unknown): unknown {
  return error instanceof SuppressedError ? firstOf(error.suppressed) : error
}
