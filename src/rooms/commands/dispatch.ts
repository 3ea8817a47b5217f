import type { Command } from '../../protocol/commands.ts'
import type { Origin } from '../../protocol/events.ts'
import { type Effect, send } from '../effects.ts'
import type { Parts } from '../parts.ts'
import type { Session } from '../session.ts'
import { edit, react, remove } from './amend.ts'
import { decide } from './decide.ts'
import { presence, signal, typing } from './gather.ts'
import { configure } from './govern.ts'
import { history, read, recv } from './listen.ts'
import { say } from './say.ts'
import { stop } from './stop.ts'

/** Does what a session asks for. */
export function dispatch(
  room: Parts,
  session: Session,
  command: Command,
  origin: Origin | undefined,
  now: number,
): Effect[] {
  switch (command.type) {
    case 'message':
      return say(room, session, command, origin, now)
    case 'edit':
      return edit(room, session, command, now)
    case 'delete':
      return remove(room, session, command, now)
    case 'react':
      return react(room, session, command, now)
    case 'read':
      return read(room, session, command, now)
    case 'recv':
      return recv(room, session, command, now)
    case 'typing':
      return typing(room, session, command, now)
    case 'presence':
      return presence(room, session, command, now)
    case 'signal':
      return signal(room, session, command, now)
    case 'history':
      return history(room, session, command, now)
    case 'stop':
      return stop(room, session, command, now)
    case 'configure':
      return configure(room, session, command, now)
    case 'approve':
    case 'reject':
      return decide(room, session, command, now)
    case 'auth':
      return [{ do: 'verify', session: session.id, token: command.data.token, id: command.id }]
    case 'ping':
      return [send(session, 'pong', command.id === null ? {} : { id: command.id }, now)]
    default:
      return command satisfies never
  }
}
