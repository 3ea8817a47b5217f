import type { CommandResult } from './generated.ts'

/** Any protocol that `defineProtocol` made. Its types are all that this module needs, so that it imports none. */
export type AnyProtocol = { readonly commands: object }

/** What a schema of any library accepts (Standard Schema). */
type DataOf<Options> = Options extends { data: { '~standard': { types?: { output: infer Data } | undefined } } }
  ? Data
  : never

/** The arguments of a command of one's own. */
export type CommandArguments<Data> = {
  /** The name of the circle. */
  name: string
  /** The data of the command. */
  body: Data
  /** A request that is sent again with the same key takes effect once. */
  idempotencyKey?: string
}

/** Sends a command of a protocol of one's own to a circle: `command('vote', { name: 'dev', body: { option: 1 } })`. */
export type SendCommand<Protocol extends AnyProtocol> = <Type extends keyof Protocol['commands'] & string>(
  type: Type,
  args: CommandArguments<DataOf<Protocol['commands'][Type]>>,
  options?: { signal?: AbortSignal },
) => Promise<CommandResult>

/** The request of a command of one's own. */
export const commandRoute = 'POST /api/channels/{kind}/{name}/commands/{type}'
