import type { CommandTable } from './commands/command.ts'
import type { Changed, Component } from './component.ts'
import type { RoomContext } from './context.ts'
import type { RoomSetup } from './deps.ts'

/** How a component is made for a room. Its migrations are numbered under its name. */
export type ComponentDefinition = {
  name: string
  migrations?: readonly (readonly string[])[]
  commands?: CommandTable
  create(context: RoomContext, changed: Changed): Component
}

/** What makes a room of one kind: handed to it as values, so that rooms of different tables live side by side. */
export type RoomTables = RoomSetup & {
  commands: CommandTable
  components: readonly ComponentDefinition[]
}
