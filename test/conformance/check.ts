import assert from 'node:assert/strict'
import type { Row } from './case.ts'
import { assertReply, type Lab, type Line, type Reply } from './harness.ts'

/** What nobody may notice of a row: the log, the object's instance, and a bystander who listens all the while. */
export class Bystander {
  readonly #lab: Lab
  readonly #line: Line
  readonly #instance: string
  #seq: number

  private constructor(lab: Lab, line: Line, { instance, seq }: Stand) {
    this.#lab = lab
    this.#line = line
    this.#instance = instance
    this.#seq = seq
  }

  static async in(lab: Lab): Promise<Bystander> {
    const line = await lab.native('bystander')
    await line.next(({ type }) => type === 'welcome')
    const stand = await say(lab)
    await line.next(({ seq }) => seq === stand.seq)
    return new Bystander(lab, line, stand)
  }

  /** Tries a row. Throws if the reaction is another, or if anybody but the sender could notice it. */
  async witness(row: Row): Promise<void> {
    const said = await row.run(this.#lab)
    const stored = typeof said === 'number' ? said : (row.stores ?? 0)
    const { instance, seq } = await say(this.#lab)
    assert.equal(instance, this.#instance, 'the object was started anew')
    assert.equal(seq - this.#seq - 1, stored, 'events in the log')
    for (let expected = this.#seq + 1; expected <= seq; expected++) {
      const event = await this.#line.next(frame => frame.seq !== undefined)
      assert.equal(event.seq, expected, 'the bystander hears every event, in order')
    }
    this.#seq = seq
  }

  leave(): Promise<void> {
    return this.#line.leave()
  }
}

type Stand = { instance: string; seq: number }

/** Somebody says a line that nothing is wrong with. */
async function say(lab: Lab): Promise<Stand> {
  const reply: Reply = await lab.post(`/api/circles/${lab.circle}/messages`, { content: 'all is well' })
  assertReply(reply, 201, null)
  const instance = reply.headers['x-circles-instance']
  assert.equal(typeof instance, 'string', 'the answer names the instance')
  return { instance: instance as string, seq: JSON.parse(reply.text).seq }
}
