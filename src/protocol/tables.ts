import { builtinKinds, type ChannelKinds } from './channels/channel-kinds.ts'
import type { CommandTable } from './commands/command-table.ts'
import { builtinCommands } from './commands/commands.ts'
import { builtinEvents } from './events/builtin-events.ts'
import type { EventRegistry } from './events/event-registry.ts'

/** What a deployment of Circles consists of: its kinds of channel, and the commands and events that they share. */
export type ProtocolTables = { kinds: ChannelKinds; commands: CommandTable; events: EventRegistry }

/** Our own tables. Only the Worker, the page and the command line name them; everything else is handed its tables. */
export const builtinTables: ProtocolTables = { kinds: builtinKinds, commands: builtinCommands, events: builtinEvents }
