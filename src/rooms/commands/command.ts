import type { CommandSpec } from '../../protocol/command-table.ts'
import { type CommandData, type CommandType, commandSpecs } from '../../protocol/commands.ts'
import type { Origin } from '../../protocol/events.ts'
import type { RoomContext } from '../context.ts'
import type { Outcome } from '../outcome.ts'
import type { Session } from '../sessions/session.ts'

/** A command as it reaches its handler. `origin`: how the sender's dialect names it, for messages. */
export type Invocation<Data> = { type: string; id: string | null; data: Data; origin?: Origin | undefined }

/** One entry of a command table: what may be sent, who may, and what it does. */
export type CommandDefinition<Data = unknown> = CommandSpec & {
  type: string
  writes?: boolean // refused to whom the write guards refuse
  run(context: RoomContext, session: Session, command: Invocation<Data>, now: number): Outcome
}

/** The commands of a room, by type. A Map, since the keys asked for come from the network. */
export type CommandTable = ReadonlyMap<string, CommandDefinition>

/** A table of these commands. Throws if two have one type. */
export function commandTable(...definitions: readonly CommandDefinition<never>[]): CommandTable {
  const table = new Map<string, CommandDefinition>()
  for (const definition of definitions) {
    if (table.has(definition.type)) throw new Error(`expected one command ${definition.type}, got two`)
    table.set(definition.type, definition as CommandDefinition) // its schema is what makes its data
  }
  return table
}

/** A command of the protocol: its schema and its role stand there, its handler here. */
export function builtinCommand<Type extends CommandType>(
  type: Type,
  run: (context: RoomContext, session: Session, command: Invocation<CommandData<Type>>, now: number) => Outcome,
  rules: Pick<CommandDefinition, 'writes'> = {},
): CommandDefinition<CommandData<Type>> {
  return { type, ...commandSpecs[type], ...rules, run }
}
