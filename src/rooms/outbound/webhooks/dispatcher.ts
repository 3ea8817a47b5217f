import type { Env } from '../../../env.ts'
import type { RoomContext } from '../../context.ts'
import { broadcast, type Effect } from '../../effects.ts'
import type { Room } from '../../room.ts'
import { post } from './http-post.ts'
import type { WebhookQueue } from './queue.ts'
import type { Delivery, DeliveryOutcome } from './webhook.ts'

/** Lets the room act later, if it is still there. */
type Later = (act: (room: Room, now: number) => Effect[]) => void

/** Carries a room's events to its webhooks, beside the room: nobody waits for a receiver. */
export class WebhookDispatcher {
  readonly #context: Pick<DurableObjectState, 'waitUntil'>
  readonly #allowLoopback: boolean
  readonly #later: Later

  constructor(context: Pick<DurableObjectState, 'waitUntil'>, env: Env, later: Later) {
    this.#context = context
    this.#allowLoopback = env.WEBHOOKS_LOOPBACK === 'allow'
    this.#later = later
  }

  /** Sends what is due. */
  send(webhooks: WebhookQueue, now: number): void {
    for (const delivery of webhooks.start(now)) this.#context.waitUntil(this.#deliver(delivery))
  }

  async #deliver(delivery: Delivery): Promise<void> {
    const outcome = await post(delivery, this.#allowLoopback)
    this.#later((room, now) => delivered(room.context, delivery, outcome, now))
  }
}

/** Writes down how it went. Everybody hears of a webhook that is switched off; its URL may be a secret, its host is none. */
export function delivered(
  { webhooks, log }: RoomContext,
  delivery: Delivery,
  outcome: DeliveryOutcome,
  now: number,
): Effect[] {
  const off = webhooks.ended(delivery.hook, delivery.seq, outcome, now)
  if (off === null) return []
  const host = URL.parse(off.hook.url)?.host ?? ''
  const data = { webhook: off.hook.id, host, reason: off.error, failures: off.hook.failures }
  return [broadcast(log.append({ type: 'webhook_failed', user: '', id: null, data }, now))]
}
