import type { TypedResponse } from 'hono'
import type { ToSchema } from 'hono/types'
import * as z from 'zod/v4'
import { type CommandOverHttp, type CommandSpec, commandId } from '../../protocol/commands/command-table.ts'
import type { Command, CommandType, commandSpecs } from '../../protocol/commands/commands.ts'
import type { ProtocolTables } from '../../protocol/tables.ts'
import { openChannelAt, runCommandIn } from '../channels/call-channel.ts'
import { kindParameter, readChannelPath } from '../channels/channel-path.ts'
import type { HttpContext } from '../context.ts'
import { type Endpoint, endpoint } from '../endpoint.ts'
import { idempotencyHeader, readIdempotencyKey } from './idempotency-key.ts'

const result = z
  .object({ id: commandId, seq: z.int().positive().optional(), duplicate: z.boolean().optional() })
  .meta({ id: 'CommandResult', description: 'The ack of a command; `seq` is that of the event that it logged.' })

/** The texts of a command that has a path of its own. */
type CommandRoute = Extract<CommandOverHttp, { id: string }>
type OwnCommand = {
  [Type in CommandType]: (typeof commandSpecs)[Type] extends { http: CommandRoute } ? Type : never
}[CommandType]
type PathOf<Type extends string> = `/api/channels/:kind/:name/commands/${Type}`
type InputOf<Type extends OwnCommand> = { json: z.input<(typeof commandSpecs)[Type]['schema']> }
type TypedEndpoint<Type extends OwnCommand> = Type extends OwnCommand
  ? Endpoint<
      ToSchema<
        'post',
        PathOf<Type>,
        { in: InputOf<Type>; out: InputOf<Type> },
        TypedResponse<z.infer<typeof result>, 200, 'json'>
      >
    >
  : never

/** `POST /api/channels/:kind/:name/commands/<type>`: the commands of the protocol that a request can send. */
export function commandEndpoints(tables: ProtocolTables) {
  const endpoints = [...tables.commands].flatMap(([type, spec]) => {
    const { http } = spec
    return http !== undefined && 'id' in http ? [commandEndpoint(tables, type, { ...spec, http })] : []
  })
  return endpoints as TypedEndpoint<OwnCommand>[] // typed clients know our own commands
}

function commandEndpoint(
  { kinds }: ProtocolTables,
  type: string,
  { http, schema }: CommandSpec & { http: CommandRoute },
): Endpoint {
  return endpoint(
    {
      ...http,
      method: 'post',
      path: `/api/channels/:kind/:name/commands/${type}`,
      params: kindParameter(kinds),
      headers: { 'Idempotency-Key': idempotencyHeader },
      body: schema,
      responses: { 200: result },
    },
    async context => {
      const id = readIdempotencyKey(context)
      if (id instanceof Response) return id
      // The table has checked `data` against the schema of the type, so the two belong together.
      const ran = await runInPath(context, { type, id, data: context.req.valid('json') } as Command)
      if (ran instanceof Response) return ran
      const { answer } = ran
      if (answer.type !== 'ack') throw new Error(`expected ack as the response to ${type}, got ${answer.type}`)
      return context.json(answer.data, 200)
    },
  )
}

async function runInPath(context: HttpContext, command: Command) {
  const address = readChannelPath(context)
  return address instanceof Response ? address : runCommandIn(await openChannelAt(context, address), context, command)
}
