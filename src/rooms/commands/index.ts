import type { CommandData } from '../../protocol/commands/commands.ts'
import type { RoomContext } from '../context.ts'
import { type Outcome, outcome } from '../outcome.ts'
import type { Session } from '../sessions/session.ts'
import { builtinCommand, type CommandTable, commandTable, type Invocation } from './command.ts'
import { configureCommand } from './configure.ts'
import { deleteCommand, editCommand, reactCommand } from './edit-message.ts'
import { presenceCommand, signalCommand, typingCommand } from './ephemeral.ts'
import { historyCommand, readCommand, recvCommand } from './history.ts'
import { messageCommand } from './send-message.ts'
import { approveCommand, rejectCommand, stopCommand } from './turns.ts'

/** Has the object check a session's new token; the response follows. */
function authenticate(_context: RoomContext, session: Session, { id, data }: Invocation<CommandData<'auth'>>): Outcome {
  return outcome({ effects: [{ do: 'verifyToken', session: session.id, token: data.token, id }] })
}

function ping(_context: RoomContext, _session: Session, { id }: Invocation<CommandData<'ping'>>, now: number): Outcome {
  return outcome({ response: { type: 'pong', data: id === null ? {} : { id }, at: now } })
}

/** The commands of the protocol. */
export const roomCommands: CommandTable = commandTable(
  messageCommand,
  editCommand,
  deleteCommand,
  reactCommand,
  readCommand,
  recvCommand,
  typingCommand,
  presenceCommand,
  signalCommand,
  historyCommand,
  stopCommand,
  configureCommand,
  approveCommand,
  rejectCommand,
  builtinCommand('auth', authenticate),
  builtinCommand('ping', ping),
)
