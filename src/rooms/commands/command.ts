import type { CommandSpec } from '../../protocol/commands/command-table.ts'
import { type CommandData, type CommandType, commandSpecs } from '../../protocol/commands/commands.ts'
import type { Origin } from '../../protocol/events/events.ts'
import type { RoomContext } from '../context.ts'
import type { Outcome } from '../outcome.ts'
import type { Session } from '../sessions/session.ts'

/** A command as it reaches its handler. `origin`: how the sender's dialect names it, for messages. */
export type Invocation<Data> = { type: string; id: string | null; data: Data; origin?: Origin | undefined }

/** One entry of a command table: the schema of a command, who may send it, and its handler. */
export type CommandDefinition<Data = unknown> = CommandSpec & {
  type: string
  writes?: boolean // the write guards are asked first
  creates?: boolean // sent without a socket, it brings a channel into existence
  run(context: RoomContext, session: Session, command: Invocation<Data>, now: number): Outcome
}

/** The commands of a room, by type. A Map, since the keys come from the network. */
export type CommandTable = ReadonlyMap<string, CommandDefinition>

/** A table of these commands. Throws if two have one type. */
export function commandTable(...definitions: readonly CommandDefinition<never>[]): CommandTable {
  // A definition's schema ensures the type of its data, so the table need not know it.
  return mergeCommands(...definitions.map(one => new Map([[one.type, one as CommandDefinition]])))
}

/** Merges tables into one. Throws if two of them have the same command: a command cannot be replaced. */
export function mergeCommands(...tables: readonly CommandTable[]): CommandTable {
  const all = new Map<string, CommandDefinition>()
  for (const [type, definition] of tables.flatMap(table => [...table])) {
    if (all.has(type)) throw new Error(`expected one command ${type}, got two`)
    all.set(type, definition)
  }
  return all
}

/** A command of the protocol, which has its schema and its role, with its handler. */
export function builtinCommand<Type extends CommandType>(
  type: Type,
  run: (context: RoomContext, session: Session, command: Invocation<CommandData<Type>>, now: number) => Outcome,
  rules: Pick<CommandDefinition, 'writes' | 'creates'> = {},
): CommandDefinition<CommandData<Type>> {
  return { type, ...commandSpecs[type], ...rules, run }
}
