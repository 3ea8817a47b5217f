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
  // A definition's schema is what makes its data, so that the table need not know the type of the data.
  return mergeCommands(...definitions.map(one => new Map([[one.type, one as CommandDefinition]])))
}

/** One table of all these. Throws if a command stands in two of them: nobody can replace a command. */
export function mergeCommands(...tables: readonly CommandTable[]): CommandTable {
  const all = new Map<string, CommandDefinition>()
  for (const [type, definition] of tables.flatMap(table => [...table])) {
    if (all.has(type)) throw new Error(`expected one command ${type}, got two`)
    all.set(type, definition)
  }
  return all
}

/** A command of the protocol: its schema and its role stand there, its handler here. */
export function builtinCommand<Type extends CommandType>(
  type: Type,
  run: (context: RoomContext, session: Session, command: Invocation<CommandData<Type>>, now: number) => Outcome,
  rules: Pick<CommandDefinition, 'writes'> = {},
): CommandDefinition<CommandData<Type>> {
  return { type, ...commandSpecs[type], ...rules, run }
}
