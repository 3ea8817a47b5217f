import * as z from 'zod/v4'
import { timestamp } from '../../protocol/dialects/dialect.ts'
import { programText } from '../../protocol/text-schema.ts'
import type { CircleAccess, Reminder, TurnMessage } from '../../protocol/turns.ts'
import type { RoomContext } from '../context.ts'
import { readMessages, withinLimit } from './bounded-reading.ts'
import type { Turn } from './turn-queue.ts'
import { turnMessageIn, turnMessageOf } from './turn-request.ts'

/** A refusal of an agent's call. Its message may be shown. */
export class AccessError extends Error {
  override readonly name = 'AccessError' // the caller receives the name, not the class (platform: RPC errors)
}

/** Runs an agent's call on the room while its turn runs; rejects when the turn is over. */
export type WithRoom = <Result>(use: (context: RoomContext, turn: Turn, now: number) => Result) => Promise<Result>

const yearMs = 366 * 86_400_000
const maxReminders = { own: 20, all: 500 } // pending: of one person, in one circle

const searchArguments = z.object({ words: programText().max(1_000), limit: z.int().min(1).max(50).default(20) })
const pageArguments = z.object({
  after: z.int().nonnegative().optional(),
  before: z.int().positive().optional(),
  limit: z.int().min(1).max(200).optional(),
})
const reminderArguments = z.object({ at: z.iso.datetime({ offset: true }), content: programText().max(1_000) })

/** The calls an agent may make in the circle of its turn. Their arguments come from another Worker and are checked. */
export function agentApi(withRoom: WithRoom): CircleAccess {
  return {
    search: (words, limit) =>
      withRoom((context, turn, now) => {
        const asked = checked(searchArguments, { words, limit })
        const found = context.search.find(asked.words, { limit: asked.limit }).found.flatMap(({ message }) => {
          return isMessage(message) ? [turnMessageIn(context, message, turn.agent, now)] : [] // other types can be found, too
        })
        return withinLimit(found)
      }),
    lines: page => withRoom((context, turn, now) => messagePage(context, turn, checked(pageArguments, page), now)),
    remind: (at, content) =>
      withRoom((context, turn, now) => remind(context, turn, checked(reminderArguments, { at, content }), now)),
    reminders: () => withRoom((context, turn) => remindersOf(context, turn)),
    forget: id =>
      withRoom((context, turn) => {
        const isOwn = remindersOf(context, turn).some(reminder => reminder.id === id)
        if (isOwn) context.turns.queue.remove(id)
        return isOwn
      }),
    document: call => withRoom((context, turn, now) => askDocuments(context, turn, call, now)),
  }
}

function askDocuments({ components }: RoomContext, turn: Turn, call: unknown, now: number): Promise<unknown> {
  const answer = components.named('documents')?.onAgentCall?.(turn, call, now)
  if (answer === undefined) throw new AccessError('This circle has no documents.')
  return answer
}

/** A page of messages, oldest first: those after a seq, else the newest before one. It may hold fewer if they are long. */
function messagePage(
  context: RoomContext,
  { agent }: Turn,
  { after, before, limit = 100 }: z.infer<typeof pageArguments>,
  now: number,
): { lines: TurnMessage[]; more: boolean } {
  const { messages, log } = context
  const from = after === undefined ? { before: before ?? log.head + 1 } : { after }
  const { found, more } = readMessages(messages, from, limit)
  const page = after === undefined ? found.reverse() : found
  return { lines: page.map(message => turnMessageIn(context, message, agent, now)), more }
}

function remind(
  context: RoomContext,
  turn: Turn,
  { at, content }: z.infer<typeof reminderArguments>,
  now: number,
): Reminder {
  const due = Date.parse(at)
  const text = content.trim()
  if (text === '') throw new AccessError('A reminder needs a text.')
  if (due <= now) throw new AccessError('The time of a reminder must be in the future.')
  if (due > now + yearMs) throw new AccessError('A reminder must be due within a year.')
  const { own, all } = context.turns.queue.planned(turn.promptedBy)
  if (own >= maxReminders.own) throw new AccessError(`You have ${maxReminders.own} pending reminders already.`)
  if (all >= maxReminders.all) throw new AccessError('This circle has too many pending reminders already.')
  const prompt = context.messages.at(turn.seq)
  if (prompt === null) throw new AccessError('The prompt is no longer kept.')
  const id = context.newId()
  const note = { text, set_at: timestamp(now), by: turnMessageOf(prompt, turn.agent).author }
  context.turns.queue.plan({ ...turn, id }, note, due)
  return { id, at: timestamp(due), text, by: turn.promptedBy }
}

/** The pending reminders that the turn's user has with its agent, the next one first. */
function remindersOf({ turns }: RoomContext, { promptedBy, agent }: Turn): Reminder[] {
  return turns.queue
    .all()
    .filter(turn => turn.state === 'planned' && turn.promptedBy === promptedBy && turn.agent === agent)
    .sort((a, b) => a.due - b.due)
    .map(({ id, due, note }) => ({ id, at: timestamp(due), text: note?.text ?? '', by: promptedBy }))
}

function checked<Value>(schema: z.ZodType<Value>, args: unknown): Value {
  const parsed = schema.safeParse(args)
  if (parsed.success) return parsed.data
  throw new AccessError('The arguments are not valid.')
}

function isMessage({ type }: { type: string }): boolean {
  return type === 'message' || type === 'agent_message'
}
