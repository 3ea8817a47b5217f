import { first, type Sql } from '../../lib/sql.ts'
import type { ChannelName } from '../../protocol/channels/channels.ts'
import type { Refusal } from '../../protocol/errors.ts'
import type { Limits } from '../../protocol/limits.ts'
import type { AllowanceDraw, AllowanceGrant } from '../../rpc/tokens.ts'
import type { Changed, Component, Components } from '../component.ts'
import type { EventLog } from '../log/event-log.ts'
import type { Settings } from '../members/settings.ts'
import { nothing, type Outcome, refusal } from '../outcome.ts'
import type { Session } from '../sessions/session.ts'

/** What a room draws in parts. */
export type Resource = 'bytes' | 'turns' | 'tokens' | 'deployment_tokens'

/** The account of the whole deployment. */
export const deploymentAccount = ''

const dayMs = 86_400_000
const recentEvents = 1_000 // read to learn how many bytes a user has stored since the last draw
const erasedBytes = 32_768 // counted for a message whose text was deleted: it is not known any more
const pauses = { unanswered: 1_000, refused: 60_000 } // ms, before a room asks again
const mostDebt = 0.75 // of an allowance, while its draw is not answered: with one message more it is one at most
const keptAccounts = 5_000 // in memory

const standard: Record<Resource, { size: number; limits: readonly (keyof Limits)[] }> = {
  bytes: { size: 262_144, limits: ['bytes_per_person_minute', 'bytes_per_person_day'] },
  turns: { size: 20, limits: ['turns_per_person_day'] },
  tokens: { size: 20_000, limits: ['tokens_per_person_day'] },
  deployment_tokens: { size: 20_000, limits: ['tokens_per_deployment_day'] },
}

/**
 * How much of a resource an account has used in this channel since an event (its seq), or since a time (ms) if there is
 * none; null: it is not known.
 */
export type UsedSince = (seq: number | null, time: number) => number | null

/** What an account has left here. Below 0, it has used more than was drawn. */
type Account = {
  day: number
  left: number
  draws: number // on this day
  drawing: AllowanceDraw | null // sent, and not answered
  answered: PromiseWithResolvers<void> | null // when it is
  askAt: number // ms: no draw before this
  refusedUntil: number // ms: the registry has nothing left until then
}
type Context = { sql: Sql; log: EventLog; limits: Limits; settings: Settings; channelName: ChannelName }
type Row = { day: number; left: number; seq: number; draws: number }

/**
 * Measures what people use here against what they may use over the whole deployment, which their registry knows. A room
 * never asks per message: it lets an account use a part of an allowance, then draws a whole one. Only draws are stored;
 * what was used since is computed from the log when the room wakes up
 * (docs/decisions/0024-allowances-over-the-deployment.md).
 */
export class Allowances implements Component {
  readonly #context: Context
  readonly #draw: (draw: AllowanceDraw) => void
  readonly #changed: Changed
  readonly #sizes: Readonly<Record<Resource, number>> // of an allowance; 0: nothing may be used
  readonly #accounts = new Map<string, Account>() // by resource and account
  #pending: AllowanceDraw[] = []

  constructor(context: Context, draw: (draw: AllowanceDraw) => void, changed: Changed) {
    this.#context = context
    this.#draw = draw
    this.#changed = changed
    const sizeOf = (resource: Resource) => sizeWithin(context.limits, resource)
    this.#sizes = {
      bytes: sizeOf('bytes'),
      turns: sizeOf('turns'),
      tokens: sizeOf('tokens'),
      deployment_tokens: sizeOf('deployment_tokens'),
    }
  }

  /** Returns 0 if an account may use more of a resource now, or how long to wait (ms). */
  waitMs(resource: Resource, account: string, now: number, used: UsedSince | null = null): number {
    const size = this.#sizes[resource]
    if (size === 0) return dayMs - (now % dayMs)
    const entry = this.#account(resource, account, now, used)
    if (entry.left > -drawsAt(size)) return 0
    this.#want(resource, account, entry, now)
    if (entry.refusedUntil > now) return entry.refusedUntil - now
    return entry.left > -Math.ceil(size * mostDebt) ? 0 : pauses.unanswered
  }

  /** Resolves when the draw that an account waits for is answered; null: it waits for none. */
  answer(resource: Resource, account: string, now: number): Promise<void> | null {
    const entry = this.#accounts.get(keyOf(resource, account))
    if (entry === undefined || entry.drawing === null || this.waitMs(resource, account, now) === 0) return null
    entry.answered ??= Promise.withResolvers()
    return entry.answered.promise
  }

  /** Counts what an account has used. */
  use(resource: Resource, account: string, amount: number, now: number): void {
    const entry = this.#accounts.get(keyOf(resource, account))
    if (entry === undefined || entry.day !== dayOf(now)) return // it is computed from the log when it is next needed
    entry.left -= amount
    if (entry.left <= -drawsAt(this.#sizes[resource])) this.#want(resource, account, entry, now)
  }

  /** The registry answered a draw; null: it did not. */
  drawn(draw: AllowanceDraw, grant: AllowanceGrant | null, now: number): Outcome {
    const { resource, account } = draw
    const entry = this.#accounts.get(keyOf(resource as Resource, account))
    if (entry === undefined || entry.drawing?.id !== draw.id) return nothing // it is of an earlier day
    entry.drawing = null
    entry.answered?.resolve()
    entry.answered = null
    entry.askAt = now + pauses.unanswered
    if (grant === null) return nothing
    entry.left += grant.granted
    entry.refusedUntil = now + grant.retryAfterMs
    entry.askAt = grant.retryAfterMs === 0 ? 0 : now + Math.min(grant.retryAfterMs, pauses.refused)
    if (grant.granted > 0) this.#store(resource as Resource, account, entry)
    return nothing
  }

  /** Sends the draws that are wanted. */
  afterRun(): Outcome {
    const pending = this.#pending
    this.#pending = []
    for (const draw of pending) this.#draw(draw)
    return nothing
  }

  /** The log is another: what was used here cannot be computed from it. */
  onImport(): void {
    this.#context.sql.all(`DELETE FROM allowances`)
    this.#context.sql.all(
      `INSERT INTO allowances (resource, account, day, left, seq, draws) VALUES ('imported', '', 0, 0, 0, 0)`,
    )
    this.#accounts.clear()
  }

  #want(resource: Resource, account: string, entry: Account, now: number): void {
    if (entry.drawing !== null || now < entry.askAt) return
    const { channelName: channel, settings } = this.#context
    const size = this.#sizes[resource]
    const amount = size * Math.max(1, Math.ceil(-entry.left / size))
    const id = `${settings.epoch}:${entry.day}:${entry.draws + 1}`
    entry.drawing = { account, resource, amount, channel, id }
    this.#pending.push(entry.drawing)
    this.#changed()
  }

  #account(resource: Resource, account: string, now: number, used: UsedSince | null): Account {
    const key = keyOf(resource, account)
    const known = this.#accounts.get(key)
    if (known?.day === dayOf(now)) return known
    if (this.#accounts.size >= keptAccounts) this.#accounts.clear()
    const entry = this.#open(resource, account, now, used ?? this.#bytesOf(account))
    this.#accounts.set(key, entry)
    return entry
  }

  /** An account as it was when it was stored, and what was used since. */
  #open(resource: Resource, account: string, now: number, used: UsedSince): Account {
    const day = dayOf(now)
    const stored = first<Row>(
      this.#context.sql,
      `SELECT day, left, seq, draws FROM allowances WHERE resource = ?1 AND account = ?2 AND day = ?3`,
      resource,
      account,
      day,
    )
    const state = { day, draws: stored?.draws ?? 0, drawing: null, answered: null, askAt: 0, refusedUntil: 0 }
    const seq = stored?.seq ?? null
    const time = day * dayMs
    const amount = this.#isKnown(seq, time) ? used(seq, time) : null
    // What is not known is taken as used, so that a draw comes next.
    const left = amount === null ? -drawsAt(this.#sizes[resource]) : (stored?.left ?? 0) - amount
    return { ...state, left }
  }

  /** Has the log everything since an event, or since a time if there is none? */
  #isKnown(seq: number | null, time: number): boolean {
    const { log, sql } = this.#context
    if (seq !== null) return log.earliest <= seq + 1
    if (log.earliest > 1 && (log.oldestAt ?? 0) >= time) return false
    return first(sql, `SELECT 1 FROM allowances WHERE resource = 'imported'`) === null
  }

  #bytesOf(account: string): UsedSince {
    return (seq, time) => {
      const { log, sql } = this.#context
      const from = Math.max(seq ?? 0, log.head - recentEvents)
      const before = seq === null ? log.at(from)?.at : undefined
      const isCut = from > (seq ?? 0) && (before === undefined || before >= time)
      if (isCut) return null
      const row = first<{ bytes: number }>(
        sql,
        `SELECT coalesce(sum(CASE WHEN instr(data, '"content":""') > 0 THEN ?4 ELSE octet_length(data) END), 0) AS bytes
          FROM events WHERE seq > ?1 AND user = ?2 AND at >= ?3`,
        from,
        account,
        time,
        erasedBytes,
      )
      return row?.bytes ?? 0
    }
  }

  #store(resource: Resource, account: string, entry: Account): void {
    entry.draws += 1
    const { sql, log } = this.#context
    sql.all(`DELETE FROM allowances WHERE day < ?1 AND day > 0`, entry.day)
    sql.all(
      `INSERT INTO allowances (resource, account, day, left, seq, draws) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
        ON CONFLICT DO UPDATE SET day = excluded.day, left = excluded.left, seq = excluded.seq, draws = excluded.draws`,
      resource,
      account,
      entry.day,
      entry.left,
      log.head,
      entry.draws,
    )
  }
}

/** An allowance is at most a tenth of the smallest limit, so that a few channels cannot draw all of it. */
function sizeWithin(limits: Limits, resource: Resource): number {
  const { size, limits: names } = standard[resource]
  const smallest = Math.min(...names.map(name => limits[name]))
  return smallest === 0 ? 0 : Math.max(1, Math.min(size, Math.floor(smallest / 10)))
}

/** How far an account may go below 0 before the next allowance is drawn. */
function drawsAt(size: number): number {
  return Math.ceil(size / 4)
}

function dayOf(now: number): number {
  return Math.floor(now / dayMs)
}

function keyOf(resource: Resource, account: string): string {
  return `${resource} ${account}`
}

/** Refuses a user who has stored as many bytes as a person may, over the whole deployment. */
export function refuseOverAllowance(
  { components }: { components: Components },
  { user }: Session,
  now: number,
): Refusal | null {
  const waitMs = components.find(Allowances)?.waitMs('bytes', user.id, now) ?? 0
  if (waitMs === 0) return null
  return { ...refusal('rate_limited', 'You have sent as much as one person may for now.'), retry_after_ms: waitMs }
}
