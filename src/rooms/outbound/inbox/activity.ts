import { first } from '../../../lib/sql.ts'
import type { Changed, Component } from '../../component.ts'
import type { RoomContext } from '../../context.ts'
import { nothing, type Outcome } from '../../outcome.ts'
import type { Session } from '../../sessions/session.ts'
import type { ComponentDefinition } from '../../tables.ts'
import { Readers } from './readers.ts'

const pauseMs = 60_000 // between two reports: the directory takes one as good for longer

/** Where it is told, in the background, that something happens here, and who has been here for the first time. */
export type ActivityPorts = { isActive(): void; visited(user: string): void }

/**
 * Lets the pages of people who are not here know whether to ask this channel how much they have not read: their inbox
 * knows that they have been here, and the directory that something happens. Neither costs anything for each message.
 */
export class InboxActivity implements Component {
  readonly #context: RoomContext
  readonly #ports: ActivityPorts
  readonly #changed: Changed
  #watchedUpTo = 0 // seq: of the event that is the next activity
  #isActive = false // since the last report
  #reportedAt = Number.NEGATIVE_INFINITY // ms

  constructor(context: RoomContext, ports: ActivityPorts, changed: Changed) {
    this.#context = context
    this.#ports = ports
    this.#changed = changed
    if (context.components.get(Readers).all.size > 0) this.#watch()
  }

  onJoin({ principal, user }: Session): Outcome {
    if (principal.kind === 'person') this.introduce(user.id)
    return nothing
  }

  /** Tells a person's inbox of this channel, if it does not know it. */
  introduce(user: string): void {
    if (!this.#isTold(user)) this.#ports.visited(user)
    this.#watch()
  }

  onRead({ principal }: Session): void {
    if (principal.kind === 'person') this.#noteActivity()
  }

  afterRun(now: number): Outcome {
    if (this.#watchedUpTo > 0) this.#watch()
    if (!this.#isActive) return nothing
    this.#isActive = false
    if (now < this.#reportedAt + pauseMs) return nothing
    this.#reportedAt = now
    this.#ports.isActive()
    return nothing
  }

  /** Records that the inbox of a person knows that they have been here. */
  visitTold(user: string): Outcome {
    this.#context.sql.all(`INSERT INTO circles_inbox_visits (user) VALUES (?1) ON CONFLICT DO NOTHING`, user)
    return nothing
  }

  /** Waits for the next event, if it does not. */
  #watch(): void {
    const { log } = this.#context
    if (this.#watchedUpTo > log.head) return
    this.#watchedUpTo = log.head + 1
    log.whenReached(this.#watchedUpTo, () => this.#noteActivity())
  }

  #noteActivity(): void {
    this.#isActive = true
    this.#changed()
  }

  #isTold(user: string): boolean {
    return first(this.#context.sql, `SELECT 1 FROM circles_inbox_visits WHERE user = ?1`, user) !== null
  }
}

/** Tells of activity and of visits. It needs `readers` before it. */
export function inboxActivity(ports: ActivityPorts): ComponentDefinition {
  return {
    name: 'inbox_activity',
    migrations: [[`CREATE TABLE circles_inbox_visits (user TEXT PRIMARY KEY) WITHOUT ROWID`]], // whose inbox knows of it
    create: (context, changed) => new InboxActivity(context, ports, changed),
  }
}
