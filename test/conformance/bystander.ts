import assert from 'node:assert/strict'
import type { Case } from './case.ts'
import { assertResponse, type Harness, type TestSocket } from './harness.ts'

/** A user of the circle who must not notice a case: it watches the log, the room's instance, and its own socket. */
export class Bystander {
  readonly #harness: Harness
  readonly #socket: TestSocket
  readonly #instance: string
  #seq: number

  private constructor(harness: Harness, socket: TestSocket, { instance, seq }: Position) {
    this.#harness = harness
    this.#socket = socket
    this.#instance = instance
    this.#seq = seq
  }

  /** Joins the circle of a harness. */
  static async join(harness: Harness): Promise<Bystander> {
    const socket = await harness.openNative('bystander')
    await socket.next(({ type }) => type === 'welcome')
    const position = await postMessage(harness)
    await socket.next(({ seq }) => seq === position.seq)
    return new Bystander(harness, socket, position)
  }

  /** Runs a case. Throws if the reaction is another one, or if anyone but the sender could notice it. */
  async check(testCase: Case): Promise<void> {
    const result = await this.#awake(() => testCase.run(this.#harness))
    const stored = typeof result === 'number' ? result : (testCase.storedEvents ?? 0)
    const { instance, seq } = await postMessage(this.#harness)
    assert.equal(instance, this.#instance, 'the room was restarted')
    assert.equal(seq - this.#seq - 1, stored, 'events in the log')
    for (let expected = this.#seq + 1; expected <= seq; expected++) {
      const event = await this.#socket.next(frame => frame.seq !== undefined)
      assert.equal(event.seq, expected, 'the bystander receives every event, in order')
    }
    this.#seq = seq
  }

  /** Keeps the circle from sleeping while a case uses others: a room that slept is another instance. */
  async #awake<Result>(run: () => Promise<Result>): Promise<Result> {
    const timer = setInterval(() => this.#socket.send('{"type": "ping"}'), 2_000)
    try {
      return await run()
    } finally {
      clearInterval(timer)
    }
  }

  /** Leaves the circle. */
  close(): Promise<void> {
    return this.#socket.close()
  }
}

type Position = { instance: string; seq: number }

/** Sends a valid message as another user; returns where the log is now. */
async function postMessage(harness: Harness): Promise<Position> {
  const response = await harness.post(`/api/circles/${harness.circle}/messages`, { content: 'all is well' })
  assertResponse(response, '201')
  const instance = response.headers['x-circles-instance']
  assert.equal(typeof instance, 'string', 'the response names the instance')
  return { instance: instance as string, seq: JSON.parse(response.text).seq }
}
