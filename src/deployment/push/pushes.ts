import type { InboxItem } from '../../protocol/inbox.ts'
import type { InboxEvent } from '../../rpc/inbox.ts'
import type { PushIdentity } from '../../rpc/push.ts'
import type { PushStore } from './push-store.ts'
import { sendPush } from './send-push.ts'

const perMinute = 30 // notifications of one person: more tell nobody anything
const minuteMs = 60_000

/** What an inbox needs to reach the devices of its owner. */
export type PushPorts = { owner: string; allowLoopback: boolean; identity(): Promise<PushIdentity> }

/** Tells the devices of one person what is for them while none of them has the page open. */
export class Pushes {
  readonly #store: PushStore
  readonly #ports: PushPorts
  #recent: number[] = [] // ms: when the last ones were sent

  constructor(store: PushStore, ports: PushPorts) {
    this.#store = store
    this.#ports = ports
  }

  /** Sends an item to all devices; those that are no more are forgotten. */
  async send(item: InboxItem, { text, isPrivate = true }: InboxEvent, now: number): Promise<void> {
    const devices = this.#store.subscriptions()
    if (devices.length === 0 || this.#store.levelIn(item.channel) === 'none') return
    this.#recent = this.#recent.filter(at => at > now - minuteMs)
    if (this.#recent.length >= perMinute) return
    this.#recent.push(now)
    const { allowLoopback, owner } = this.#ports
    const identity = await this.#ports.identity()
    const urgency = item.kind === 'failure' ? 'normal' : 'high'
    await Promise.all(
      devices.map(async device => {
        const isShown = text !== undefined && (!isPrivate || device.texts)
        const message = { ...about(item), to: owner, ...(isShown && { text }) }
        const result = await sendPush(device, { message, urgency }, { identity, allowLoopback, now })
        if (result === 'gone') this.#store.remove(device.id)
      }),
    )
  }
}

/** What a device is told: who, where and why, so that it can say it in words. */
function about({ channel, seq, message, kind, from, root, approval, at }: InboxItem) {
  return {
    channel,
    seq: message ?? seq,
    kind,
    from: from.name,
    thread: root !== null,
    at,
    ...(approval !== undefined && { approval }),
  }
}
