import type { ChannelKinds } from '../../protocol/channels/channel-kinds.ts'
import { type ChannelAddress, nameAtDoor } from '../../protocol/channels/channels.ts'
import type { HttpContext } from '../context.ts'
import { type Failure, failure } from '../errors.ts'
import type { PathParameter } from '../openapi/operation.ts'

/** The channel that the path names by its kind and its name, `/api/channels/<kind>/<name>/…`. */
export function readChannelPath(context: HttpContext): ChannelAddress | Failure {
  // The name is read undecoded: one that had to be escaped cannot exist.
  const [, , , rawKind = '', rawName = ''] = new URL(context.req.url).pathname.split('/')
  const definition = context.var.tables.kinds.get(rawKind)
  const kind = definition?.hasLog === true ? definition.kind : undefined
  const name = definition === undefined ? null : nameAtDoor(definition, rawName)
  if (kind === undefined || name === null) return failure('invalid_name', 'There is no channel of this kind and name.')
  return { kind, name }
}

/** The parameter `:kind` of such a path, for the API's documents. */
export function kindParameter(kinds: ChannelKinds): Record<'kind', PathParameter> {
  return {
    kind: {
      description: 'The kind of the channel.',
      schema: { type: 'string', enum: [...kinds.values()].flatMap(({ kind, hasLog }) => (hasLog ? kind : [])) },
    },
  }
}
