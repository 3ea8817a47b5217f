import { hasVisibleText } from '../../protocol/text.ts'
import { ReasoningFilter } from './reasoning-filter.ts'
import type { Reply } from './reply.ts'

/** The text of a reply on its way from a model to people, without what the model thinks aloud. */
export class ReplyText {
  readonly #reply: Reply
  readonly #filter: ReasoningFilter
  readonly #holdMs: number | null // null: until the thought ends or the reply is over
  #timer: ReturnType<typeof setTimeout> | undefined
  /** Whether people were sent anything. */
  isVisible = false

  constructor(reply: Reply, { holds, holdMs }: { holds: boolean; holdMs: number }) {
    this.#reply = reply
    this.#filter = new ReasoningFilter({ holds: holds || holdMs > 0 })
    this.#holdMs = holds ? null : holdMs
  }

  /** Whether people were sent a thought. */
  get hasLeaked(): boolean {
    return this.#filter.hasLeaked
  }

  /** Adds text of the model. Its beginning is held back for a while. */
  async add(text: string): Promise<void> {
    if (this.#timer === undefined && this.#holdMs !== null)
      this.#timer = setTimeout(() => void this.release().catch(ignoreEndedReply), this.#holdMs)
    await this.#send(this.#filter.push(text))
  }

  /** Sends what was held back. */
  async release(): Promise<void> {
    await this.#send(this.#filter.release())
  }

  /** Sends the rest when the reply is over. */
  async end(): Promise<void> {
    await this.#send(this.#filter.end())
  }

  /** Ends the holding back, whatever is held. */
  stop(): void {
    clearTimeout(this.#timer)
  }

  async #send(pieces: string[]): Promise<void> {
    for (const piece of pieces) {
      if (this.#filter.hasLeaked) return
      this.isVisible ||= hasVisibleText(piece)
      await this.#reply.delta(piece)
    }
  }
}

function ignoreEndedReply() {} // it was stopped while its beginning was held back
