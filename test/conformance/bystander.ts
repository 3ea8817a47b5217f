import assert from 'node:assert/strict'
import type { Case } from './case.ts'
import { assertResponse, type Harness, type TestSocket } from './harness.ts'

/**
 * A user of the circle who must not notice a case: it watches the log and its own socket. A room that crashes closes the
 * sockets in it; one that merely slept, as it may on a busy machine, does not.
 */
export class Bystander {
  readonly #harness: Harness
  readonly #socket: TestSocket
  #seq: number

  private constructor(harness: Harness, socket: TestSocket, seq: number) {
    this.#harness = harness
    this.#socket = socket
    this.#seq = seq
  }

  /** Joins the circle of a harness. */
  static async join(harness: Harness): Promise<Bystander> {
    const socket = await harness.openNative('bystander')
    await socket.next(({ type }) => type === 'welcome')
    const posted = await postMessage(harness)
    await socket.next(({ seq }) => seq === posted)
    return new Bystander(harness, socket, posted)
  }

  /** Runs a case. Throws if the reaction is another one, or if anyone but the sender could notice it. */
  async check(testCase: Case): Promise<void> {
    const result = await testCase.run(this.#harness)
    const stored = typeof result === 'number' ? result : (testCase.storedEvents ?? 0)
    const seq = await postMessage(this.#harness)
    assert.equal(seq - this.#seq - 1, stored, 'events in the log')
    for (let expected = this.#seq + 1; expected <= seq; expected++) {
      const event = await this.#socket.next(frame => frame.seq !== undefined)
      assert.equal(event.seq, expected, 'the bystander receives every event, in order')
    }
    this.#seq = seq
  }

  /** Leaves the circle. */
  close(): Promise<void> {
    return this.#socket.close()
  }
}

/** Sends a valid message as another user; returns its seq. */
async function postMessage(harness: Harness): Promise<number> {
  const response = await harness.post(`/api/circles/${harness.circle}/messages`, { content: 'all is well' })
  assertResponse(response, '201')
  return JSON.parse(response.text).seq
}
