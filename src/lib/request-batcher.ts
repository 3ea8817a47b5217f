type Pending<Input, Output> = { input: Input; resolve(output: Output): void; reject(error: unknown): void }

/** Batches requests: those made while a batch is under way are sent together after it. */
export class RequestBatcher<Input, Output> {
  readonly #send: (inputs: Input[]) => Promise<Output[]>
  #pending: Pending<Input, Output>[] = []
  #isSending = false

  /** `send` returns the outputs in the order of the inputs; if it throws, all requests of the batch reject. */
  constructor(send: (inputs: Input[]) => Promise<Output[]>) {
    this.#send = send
  }

  /** Requests the output for one input. */
  get(input: Input): Promise<Output> {
    const { promise, resolve, reject } = Promise.withResolvers<Output>()
    this.#pending.push({ input, resolve, reject })
    if (!this.#isSending) void this.#sendAll()
    return promise
  }

  async #sendAll(): Promise<void> {
    this.#isSending = true
    while (this.#pending.length > 0) {
      const batch = this.#pending
      this.#pending = []
      await settle(batch, this.#send)
    }
    this.#isSending = false
  }
}

async function settle<Input, Output>(
  batch: readonly Pending<Input, Output>[],
  send: (inputs: Input[]) => Promise<Output[]>,
): Promise<void> {
  try {
    const outputs = await send(batch.map(({ input }) => input))
    for (const [index, { resolve, reject }] of batch.entries()) {
      const output = outputs[index]
      if (output === undefined) reject(new Error(`expected ${batch.length} outputs, got ${outputs.length}`))
      else resolve(output)
    }
  } catch (error) {
    for (const { reject } of batch) reject(error)
  }
}
