import type { CommandData } from '../../protocol/commands/commands.ts'
import { fits } from '../../protocol/text.ts'
import type { RoomContext } from '../context.ts'
import { refuseWriting } from '../hooks.ts'
import { accepted, ephemeral, type Outcome, outcome, refusal, refuse, sequence } from '../outcome.ts'
import type { Session } from '../sessions/session.ts'
import { builtinCommand, type Invocation } from './command.ts'

/** Sets whether the sender is typing. */
function setTyping(
  { presence, typing }: RoomContext,
  session: Session,
  { id, data }: Invocation<CommandData<'typing'>>,
  now: number,
): Outcome {
  if (!presence.isLarge) typing.set(session, data.active, now) // P4
  return accepted(id, now)
}

/** Sets the presence state of the sender on all of its sockets. The others receive it, so it is refused as a text is. */
function setPresence(
  context: RoomContext,
  session: Session,
  { id, data }: Invocation<CommandData<'presence'>>,
  now: number,
): Outcome {
  const { presence, sessions, touched, limits } = context
  const refused = refuseWriting(context, session)
  if (refused !== null) return refuse(id, refused, now)
  if (!fits(JSON.stringify(data.state), limits.state_bytes)) {
    return refuse(id, refusal('too_large', `The state has at most ${limits.state_bytes} bytes.`), now)
  }
  const own = presence.sessionsOf(session.user.id)
  if (own.size === 0)
    return refuse(id, refusal('not_found', 'You are not connected here, so you have no presence.'), now)
  presence.setState(session.user.id, data.state)
  for (const id of own) {
    const other = sessions.get(id)
    if (other === undefined) continue
    other.state = data.state
    touched.add(other)
  }
  return accepted(id, now)
}

/** Sends a named value to everybody else, or to the sockets of one user. In a large channel, only to one (P4). */
function sendSignal(
  { presence, limits }: RoomContext,
  session: Session,
  { id, data }: Invocation<CommandData<'signal'>>,
  now: number,
): Outcome {
  const { name, value, to } = data
  if (value === undefined) return refuse(id, refusal('invalid', 'data.value is missing.'), now)
  if (!fits(JSON.stringify(value), limits.signal_bytes)) {
    return refuse(id, refusal('too_large', `A value has at most ${limits.signal_bytes} bytes.`), now)
  }
  const frame = ephemeral('signal', { name, value, user_id: session.user.id }, now)
  const sockets = to === undefined ? [] : [...presence.sessionsOf(to)]
  if (to !== undefined && sockets.length === 0) {
    return refuse(id, refusal('not_found', 'Nobody with this id is here.'), now)
  }
  const everybody = presence.isLarge ? [] : [{ frame, except: session.id }]
  const deliveries = to === undefined ? everybody : sockets.map(to => ({ frame, to }))
  return sequence(outcome({ ephemeral: deliveries }), accepted(id, now))
}

/** `typing`: the sender is typing, or stopped. */
export const typingCommand = builtinCommand('typing', setTyping, { writes: true })

/** `presence`: sets the sender's presence state. */
export const presenceCommand = builtinCommand('presence', setPresence)

/** `signal`: sends a value that is not stored. */
export const signalCommand = builtinCommand('signal', sendSignal, { writes: true })
