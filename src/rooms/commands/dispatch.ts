import type { Command } from '../../protocol/commands.ts'
import type { Origin } from '../../protocol/events.ts'
import type { RoomContext } from '../context.ts'
import { type Effect, send } from '../effects.ts'
import type { Session } from '../sessions/session.ts'
import { decideApproval } from './approval.ts'
import { configure } from './configure.ts'
import { deleteMessage, editMessage, reactToMessage } from './edit-message.ts'
import { sendSignal, setPresence, setTyping } from './ephemeral.ts'
import { confirmReceived, markRead, readHistory } from './history.ts'
import { sendMessage } from './send-message.ts'
import { stopTurn } from './stop-turn.ts'

/** Does what a session asks for. */
export function dispatch(
  context: RoomContext,
  session: Session,
  command: Command,
  origin: Origin | undefined,
  now: number,
): Effect[] {
  switch (command.type) {
    case 'message':
      return sendMessage(context, session, command, origin, now)
    case 'edit':
      return editMessage(context, session, command, now)
    case 'delete':
      return deleteMessage(context, session, command, now)
    case 'react':
      return reactToMessage(context, session, command, now)
    case 'read':
      return markRead(context, session, command, now)
    case 'recv':
      return confirmReceived(context, session, command, now)
    case 'typing':
      return setTyping(context, session, command, now)
    case 'presence':
      return setPresence(context, session, command, now)
    case 'signal':
      return sendSignal(context, session, command, now)
    case 'history':
      return readHistory(context, session, command, now)
    case 'stop':
      return stopTurn(context, session, command, now)
    case 'configure':
      return configure(context, session, command, now)
    case 'approve':
    case 'reject':
      return decideApproval(context, session, command, now)
    case 'auth':
      return [{ do: 'verify', session: session.id, token: command.data.token, id: command.id }]
    case 'ping':
      return [send(session, 'pong', command.id === null ? {} : { id: command.id }, now)]
    default:
      return command satisfies never
  }
}
