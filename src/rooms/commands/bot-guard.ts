import type { CommandData } from '../../protocol/commands/commands.ts'
import type { Refusal } from '../../protocol/errors.ts'
import type { RoomContext } from '../context.ts'
import type { StoredMessage } from '../log/messages.ts'
import { refusal } from '../outcome.ts'
import type { Session } from '../sessions/session.ts'
import { maxHops, minuteMs, turnsPerPair } from '../turns/budget.ts'
import { authorOf } from '../turns/turn-context.ts'

const lookedAt = 200 // messages before an answer; a storm has fewer within a minute, since it ends

/** How a message came about. `bot`: its sender is a program; `refused`: it must not be sent. */
export type Lineage = { hop: number; bot?: true; refused?: Refusal }

/**
 * The hop of a bot's message, which is one more than that of the message of another program that it answers.
 * It is refused where they have answered each other too often (T7).
 */
export function lineageOf(context: RoomContext, session: Session, data: CommandData<'message'>, now: number): Lineage {
  const { principal } = session
  const { log, messages } = context
  const recent = messages.before(log.head + 1, lookedAt).filter(({ at }) => at > now - minuteMs)
  const asked = recent.find(message => isOfOtherProgram(message, session) && isFor(message, session, data))
  const hop = asked === undefined ? 0 : asked.data.hop + 1
  if (hop > maxHops) return loop(hop, 'Programs have replied to each other too many times in a row.', minuteMs)
  const pair = asked === undefined ? [] : recent.filter(message => isOfPair(message, [authorOf(asked), principal.id]))
  const oldest = pair.at(-1)
  if (oldest === undefined || pair.length < turnsPerPair) return { hop, bot: true }
  const message = `These programs answered each other ${turnsPerPair} times within a minute.`
  return loop(hop, message, oldest.at + minuteMs - now)
}

function isOfOtherProgram(message: StoredMessage, { principal }: Session): boolean {
  return (message.type === 'agent_message' || message.data.bot === true) && authorOf(message) !== principal.id
}

/** Is this message what a bot answers: the one it replies to, or one that mentions it? */
function isFor({ seq, data }: StoredMessage, { user }: Session, { reply_to }: CommandData<'message'>): boolean {
  const text = data.content.toLowerCase()
  return seq === reply_to || [user.name, user.id].some(name => text.includes(`@${name.toLowerCase()}`))
}

function isOfPair(message: StoredMessage, pair: readonly string[]): boolean {
  return message.data.hop > 0 && pair.includes(authorOf(message))
}

function loop(hop: number, message: string, waitMs: number): Lineage {
  return { hop, refused: { ...refusal('loop_guard', message), retry_after_ms: waitMs } }
}
