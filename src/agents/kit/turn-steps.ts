import { areSmallSteps, turnLimits } from '../../protocol/turn-limits.ts'
import type { TurnStep } from '../../protocol/turns.ts'

/** Stores a step in the room. */
type StoreStep = (step: TurnStep) => Promise<void>

/** The steps of a turn, with the results of earlier calls. The nth step of a name gets the nth result of that name. */
export class TurnSteps {
  readonly #stored: TurnStep[]
  readonly #store: StoreStep | null // null: this room keeps no steps
  readonly #counts = new Map<string, number>() // in this call, by name

  constructor(stored: readonly TurnStep[] | undefined, store: StoreStep) {
    this.#stored = [...(stored ?? [])]
    this.#store = stored === undefined ? null : store
  }

  /** Returns the stored result of a step; if there is none, runs it and stores its result. */
  async run<Result>(name: string, run: () => Result | Promise<Result>): Promise<Result> {
    if (name === '' || name.length > 200) throw new RangeError('The name of a step has 1 to 200 characters.')
    const index = this.#counts.get(name) ?? 0
    this.#counts.set(name, index + 1)
    const earlier = this.#stored.find(step => step.name === name && step.index === index)
    if (earlier !== undefined) return earlier.result as Result // the same code produced it
    const step: TurnStep = { name, index, result: jsonOf(await run()) }
    await this.#keep(step)
    return step.result as Result
  }

  async #keep(step: TurnStep): Promise<void> {
    if (this.#store === null) return
    this.#stored.push(step)
    if (!areSmallSteps(this.#stored)) throw new RangeError(tooMuch)
    await this.#store(step)
  }
}

const { steps, step_bytes, steps_bytes } = turnLimits
const tooMuch = `A turn stores at most ${steps} steps, each with at most ${step_bytes} bytes of JSON, and ${steps_bytes} bytes in all.`

/** Returns a value as it is after it was stored, so that the first call gets what later calls get. */
function jsonOf(value: unknown): unknown {
  const text: string | undefined = JSON.stringify(value)
  return text === undefined ? undefined : JSON.parse(text)
}
