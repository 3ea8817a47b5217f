import { checkOptions } from '../protocol/check-options.ts'
import { type CircleProtocol, ownCommands, ownEvents } from '../protocol/define-protocol.ts'
import { builtinEvents } from '../protocol/events/builtin-events.ts'
import { type CommandDefinition, type CommandTable, mergeCommands } from '../rooms/commands/command.ts'
import { roomCommands } from '../rooms/commands/index.ts'
import { builtinHooks, type Hooks, refuseWhileArchived } from '../rooms/hooks.ts'
import { refuse } from '../rooms/outcome.ts'
import type { ComponentDefinition, RoomTables } from '../rooms/tables.ts'
import { afterEvent } from './after-event.ts'
import type { CircleDefinition } from './definition.ts'
import { type HandleEventsPorts, handleEvents } from './handle-events.ts'
import { OwnCode, type OwnCodePorts, ownCodeMigrations } from './own-code.ts'
import { ownTables } from './own-tables.ts'

/** The code of a circle, whatever its protocol. */
export type AnyDefinition = CircleDefinition<CircleProtocol>

/** What else the code of a circle needs of its object: `runLater` runs work beside the room. */
export type CirclePorts = HandleEventsPorts & { runLater(work: () => Promise<void>): void }

/** The tables that a protocol and its code add to those of a room. */
export type CircleTables = Pick<RoomTables, 'events' | 'commands' | 'hooks'> & {
  components(ports: CirclePorts): readonly ComponentDefinition[]
}

/** Makes the tables of a circle with events, commands and code of its own. Throws if a command has no handler, or a handler no command. */
export function circleTables(protocol: CircleProtocol, definition: AnyDefinition): CircleTables {
  const { commands = {} } = definition
  const types = Object.keys(protocol.commands)
  checkOptions('The handlers of commands', commands, Object.fromEntries(types.map(type => [type, 'function'] as const)))
  for (const type of types) {
    if (commands[type] === undefined) throw new Error(`The command "${type}" of the protocol has no handler.`)
  }
  const tables = ownTables(definition.migrations ?? [], definition.exportedTables ?? [])
  return {
    events: new Map([...builtinEvents, ...ownEvents(protocol)]),
    commands: mergeCommands(roomCommands, commandsOf(protocol)),
    hooks: hooksOf(definition),
    components: ports =>
      hasCode(protocol, definition) ? [tables, ownCode(definition, ports), ...followersOf(definition, ports)] : [],
  }
}

/** Is there anything beside the circles that everybody has? Without it, no table is made. */
export function hasCode({ events, commands }: CircleProtocol, definition: AnyDefinition): boolean {
  const { migrations = [], beforeMessage, beforeDelta, afterEvent, onConnect, onDisconnect, onSchedule } = definition
  const hooks = [beforeMessage, beforeDelta, afterEvent, onConnect, onDisconnect, onSchedule, definition.onRequest]
  const isEmpty = Object.keys({ ...events, ...commands }).length === 0 && migrations.length === 0
  return !isEmpty || hooks.some(hook => hook !== undefined)
}

function commandsOf(protocol: CircleProtocol): CommandTable {
  return new Map(
    [...ownCommands(protocol)].map(([type, spec]): [string, CommandDefinition] => {
      const writes = spec.role !== 'reader'
      return [type, { ...spec, type, writes, creates: writes, run: runOwn }]
    }),
  )
}

const runOwn: CommandDefinition['run'] = (context, session, command, now) => {
  const refused = refuseWhileArchived(context, session)
  if (refused !== null) return refuse(command.id, refused, now)
  return context.components.get(OwnCode).runCommand(session, command, now)
}

function hooksOf({ beforeMessage, beforeDelta }: AnyDefinition): Hooks {
  const hidesDeltas = beforeMessage !== undefined || beforeDelta !== undefined
  return {
    ...builtinHooks,
    beforeStore:
      beforeMessage === undefined ? [] : [({ components }, draft) => components.get(OwnCode).beforeMessage(draft)],
    beforeDelta: hidesDeltas ? ({ components }, text) => components.get(OwnCode).beforeDelta(text) : null,
  }
}

function ownCode(definition: AnyDefinition, ports: OwnCodePorts): ComponentDefinition {
  return {
    name: 'own-code',
    migrations: ownCodeMigrations,
    create: (context, changed) => new OwnCode(context, definition, ports, changed),
  }
}

function followersOf({ afterEvent: handler }: AnyDefinition, ports: CirclePorts): ComponentDefinition[] {
  if (handler === undefined) return []
  return [afterEvent((first, context) => ports.runLater(() => handleEvents(handler, first, { context, ports })))]
}
