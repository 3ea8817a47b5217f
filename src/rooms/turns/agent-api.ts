import { z } from 'zod'
import { timestamp } from '../../protocol/dialects/dialect.ts'
import { cleanText } from '../../protocol/text.ts'
import type { CircleAccess, Reminder } from '../../protocol/turns.ts'
import type { RoomContext } from '../context.ts'
import type { Turn } from './turn-queue.ts'
import { turnMessageOf } from './turn-request.ts'

/** Something an agent may not do, in words that may be shown. */
export class AccessError extends Error {
  override readonly name = 'AccessError' // which is what arrives on the other side; the class does not (platform: RPC errors)
}

/** Lets an agent use the room while its turn runs; rejects when the turn is over. */
export type WithRoom = <Result>(use: (context: RoomContext, turn: Turn, now: number) => Result) => Promise<Result>

const yearMs = 366 * 86_400_000
const planned = { own: 20, all: 500 } // reminders that may be waiting: of one person, in one circle

const searchAsked = z.tuple([z.string().max(1_000), z.int().min(1).max(50).optional()])
const pageAsked = z.object({
  after: z.int().nonnegative().optional(),
  before: z.int().positive().optional(),
  limit: z.int().min(1).max(200).optional(),
})
const reminderAsked = z.tuple([z.iso.datetime({ offset: true }), z.string().max(1_000)])

/** What an agent may do in the circle of its turn. What it hands in comes from another Worker and is checked here. */
export function agentApi(lend: WithRoom): CircleAccess {
  return {
    search: (...given) =>
      lend((room, turn) => {
        const [words, limit = 20] = checked(searchAsked, given)
        return room.search.find(words, limit).found.map(({ line }) => turnMessageOf(line, turn.agent))
      }),
    lines: given =>
      lend((room, turn) => {
        const { after, before, limit = 100 } = checked(pageAsked, given)
        const found =
          after !== undefined
            ? room.messages.after(after, limit + 1)
            : room.messages.before(before ?? room.log.head + 1, limit + 1)
        const page = found.slice(0, limit)
        if (after === undefined) page.reverse()
        return { lines: page.map(line => turnMessageOf(line, turn.agent)), more: found.length > limit }
      }),
    remind: (...given) => lend((room, turn, now) => remind(room, turn, checked(reminderAsked, given), now)),
    reminders: () => lend((room, turn) => remindersOf(room, turn)),
    forget: id =>
      lend((room, turn) => {
        const isOwn = remindersOf(room, turn).some(reminder => reminder.id === id)
        if (isOwn) room.turns.queue.remove(id)
        return isOwn
      }),
  }
}

function remind(context: RoomContext, turn: Turn, [at, said]: [string, string], now: number): Reminder {
  const due = Date.parse(at)
  const text = cleanText(said)?.trim() ?? ''
  if (text === '') throw new AccessError('A reminder must say something.')
  if (due <= now) throw new AccessError('That time is over.')
  if (due > now + yearMs) throw new AccessError('A reminder is for within a year.')
  const { own, all } = context.turns.queue.planned(turn.asker)
  if (own >= planned.own) throw new AccessError(`You have ${planned.own} reminders waiting already.`)
  if (all >= planned.all) throw new AccessError('This circle has too many reminders waiting.')
  const asked = context.messages.at(turn.seq)
  if (asked === null) throw new AccessError('The line that asks is no longer kept.')
  const id = context.newId()
  const note = { text, set_at: timestamp(now), by: turnMessageOf(asked, turn.agent).author }
  context.turns.queue.plan({ ...turn, id }, note, due)
  return { id, at: timestamp(due), text, by: turn.asker }
}

/** What the one who asks has waiting with this agent, the next first. */
function remindersOf({ turns }: RoomContext, { asker, agent }: Turn): Reminder[] {
  return turns.queue
    .all()
    .filter(turn => turn.state === 'planned' && turn.asker === asker && turn.agent === agent)
    .sort((a, b) => a.due - b.due)
    .map(({ id, due, note }) => ({ id, at: timestamp(due), text: note?.text ?? '', by: asker }))
}

function checked<Value>(schema: z.ZodType<Value>, given: unknown): Value {
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  throw new AccessError('This is not what can be asked of a circle.')
}
