type Waiting<Question, Answer> = { question: Question; resolve(answer: Answer): void; reject(error: unknown): void }

/** Asks for many things at once: whatever is wanted while an answer is on its way is asked for together after it. */
export class RequestBatcher<Question, Answer> {
  readonly #ask: (questions: Question[]) => Promise<Answer[]>
  #waiting: Waiting<Question, Answer>[] = []
  #isAsking = false

  /** `ask` gives the answers in the order of the questions; what it throws, all who wait for them get. */
  constructor(ask: (questions: Question[]) => Promise<Answer[]>) {
    this.#ask = ask
  }

  get(question: Question): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>()
    this.#waiting.push({ question, resolve, reject })
    if (!this.#isAsking) void this.#askOn()
    return promise
  }

  async #askOn(): Promise<void> {
    this.#isAsking = true
    while (this.#waiting.length > 0) {
      const waiting = this.#waiting
      this.#waiting = []
      await settle(waiting, this.#ask)
    }
    this.#isAsking = false
  }
}

async function settle<Question, Answer>(
  waiting: readonly Waiting<Question, Answer>[],
  ask: (questions: Question[]) => Promise<Answer[]>,
): Promise<void> {
  try {
    const answers = await ask(waiting.map(({ question }) => question))
    for (const [index, { resolve, reject }] of waiting.entries()) {
      const answer = answers[index]
      if (answer === undefined) reject(new Error(`expected ${waiting.length} answers, got ${answers.length}`))
      else resolve(answer)
    }
  } catch (error) {
    for (const { reject } of waiting) reject(error)
  }
}
