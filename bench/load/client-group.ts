import type { ConnectTarget } from './client-protocol.ts'
import { DeliveryStats } from './delivery-stats.ts'
import { createPayload, nowMicros } from './payload.ts'
import { RawClient } from './raw-client.ts'
import type { ServerTarget } from './target.ts'

const maxOpening = 64 // sockets that are being opened at a time
const maxMeasuring = 32 // clients, evenly spread, that measure how long a message took
const maxUsers = 1_000 // in a group; a larger group opens several sockets per user, within a user's default limit
const deliveryTimeoutMs = 20_000

/** The room of a group, its number of clients, and how many of them send. */
export type ClientGroupOptions = Omit<ConnectTarget, 'user'> & { count: number; senders?: number; userPrefix?: string }

/** The clients of one room. The first ones send; all of them receive every message. */
export class ClientGroup {
  readonly stats: DeliveryStats
  readonly clients: RawClient[]
  /** The clients that are expected to receive: all, unless a scenario narrows it. */
  receiving: readonly RawClient[]
  readonly #senders: number
  readonly #nextSeqs: number[] // by sender
  #sent = 0
  /** Messages that come from elsewhere than `sendMessages`: agent turns that were started, and deltas they lost. */
  turns = 0
  missing = 0

  constructor(target: ServerTarget, { count, senders = 1 }: ClientGroupOptions, stats = new DeliveryStats()) {
    this.stats = stats
    this.#senders = senders
    this.#nextSeqs = Array<number>(senders).fill(0)
    const step = Math.max(1, Math.floor(count / maxMeasuring))
    this.clients = Array.from({ length: count }, (_, index) => new RawClient(target, stats, index % step === 0))
    this.receiving = this.clients
    for (const { receiver } of this.clients) for (let sender = 0; sender < senders; sender++) receiver.expect(sender, 0)
  }

  /** Opens all sockets and waits until each client may send. */
  static async open(target: ServerTarget, options: ClientGroupOptions, stats?: DeliveryStats): Promise<ClientGroup> {
    const group = new ClientGroup(target, options, stats)
    const { count: _, senders: __, userPrefix = 'user', ...room } = options
    await openClients(group.clients, index => ({ ...room, user: `${userPrefix}${index % maxUsers}` }))
    return group
  }

  /** The number of messages sent so far. */
  get sent(): number {
    return this.#sent
  }

  /** Sends messages, the senders taking turns, each sender's share in one write. */
  sendMessages(count: number, bytes?: number): void {
    const micros = nowMicros()
    const bySender = Array.from({ length: this.#senders }, () => [] as { content: string; id: string }[])
    for (let index = 0; index < count; index++) {
      const sender = (this.#sent + index) % this.#senders
      const seq = this.#nextSeqs[sender] as number
      this.#nextSeqs[sender] = seq + 1
      bySender[sender]?.push({ content: createPayload(sender, seq, micros, bytes), id: `m${sender}-${seq}` })
    }
    for (const [sender, messages] of bySender.entries())
      if (messages.length > 0) this.clients[sender]?.sendMessages(messages)
    this.#sent += count
  }

  /** Waits until every receiving client has `messages` more than at `eventsBefore`; false after a timeout. */
  waitForDelivery(eventsBefore: number, messages: number): Promise<boolean> {
    return this.stats.waitForEvents(eventsBefore + messages * this.receiving.length, deliveryTimeoutMs)
  }

  /** Counts the messages that never reached a client that should have received them. */
  lost(): number {
    return this.receiving.reduce(
      (sum, { receiver }) =>
        sum + this.#nextSeqs.reduce((lost, next, sender) => lost + receiver.lost(sender, next - 1), 0),
      this.missing,
    )
  }

  close(): void {
    for (const client of this.clients) client.reset()
  }
}

/** Opens clients, a limited number at a time. */
export async function openClients(
  clients: readonly RawClient[],
  targetOf: (index: number) => ConnectTarget,
  concurrency = maxOpening,
): Promise<void> {
  let next = 0
  const opener = async () => {
    for (let index = next++; index < clients.length; index = next++) await clients[index]?.open(targetOf(index))
  }
  await Promise.all(Array.from({ length: concurrency }, opener))
}
