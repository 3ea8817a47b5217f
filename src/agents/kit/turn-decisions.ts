import { canonicalJson } from '../../lib/canonical-json.ts'
import type { ApprovalQuestion, Decision, TurnRequest } from '../../protocol/turns.ts'
import { AgentError } from './agent-error.ts'

/** People's decisions in a turn, each of which counts once, for the question that people were asked. */
export class TurnDecisions {
  readonly #unused: Decision[]
  readonly #areBound: boolean // this room returns the questions; one of 0.1 returns decisions in their order only

  constructor({ decisions = [], steps }: Partial<Pick<TurnRequest, 'decisions' | 'steps'>>) {
    this.#unused = [...decisions]
    this.#areBound = steps !== undefined
  }

  /** Takes the first unused decision on exactly this question; null if nobody has decided it yet. */
  take(question: ApprovalQuestion): Decision | null {
    const fingerprint = fingerprintOf(question)
    const index = this.#areBound
      ? this.#unused.findIndex(decision => fingerprintOf(decision) === fingerprint)
      : this.#nextUnbound(question)
    return this.#unused.splice(index, index < 0 ? 0 : 1)[0] ?? null
  }

  /** The next decision of a room of 0.1, which cannot return what it was about, and must not be asked anything else. */
  #nextUnbound({ key, data }: ApprovalQuestion): number {
    if (key === undefined && data === undefined) return this.#unused.length === 0 ? -1 : 0
    const message = 'This server is too old to bind an approval to its data. The operator should update it.'
    throw new AgentError('circles_too_old', message, { retry: false })
  }
}

/** Identifies a question: what people read, and who was asked. */
function fingerprintOf({ description, key, data, role, users }: ApprovalQuestion | Decision): string {
  return canonicalJson([description, key ?? null, data === undefined ? [] : [data], role ?? null, users?.toSorted()])
}
