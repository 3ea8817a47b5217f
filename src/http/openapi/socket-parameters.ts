import type { SocketRoute } from '../../protocol/channels/channel-kinds.ts'
import { namePattern } from '../../protocol/channels/channels.ts'
import type { JsonSchema } from './json-schema.ts'

/** The parameters in the address of a socket. `hasTwoNames`: that of a channel within another. */
export function channelParameters({ isDirect }: SocketRoute, hasTwoNames: boolean): JsonSchema {
  if (hasTwoNames) {
    return {
      circle: { description: 'The name of the circle.' },
      document: { description: 'The name of the document in it.' },
    }
  }
  const description = isDirect
    ? 'The id of the agent. The socket opens the caller’s private circle with it.'
    : 'The name of the channel; upper case counts as lower case.'
  return { name: { description } }
}

/** What an upgrade takes besides its path, as the WebSocket binding of AsyncAPI. `canResume`: it can begin after a seq. */
export function socketBinding({ query }: SocketRoute, canResume: boolean): JsonSchema {
  return {
    method: 'GET',
    query: {
      type: 'object',
      properties: {
        ...(query !== undefined && {
          [query.key]: { type: 'string', pattern: `^${namePattern}$`, default: query.fallback },
        }),
        ...(canResume && {
          since: { type: 'integer', minimum: 0, description: 'Resume after this seq.' },
          epoch: { type: 'string', maxLength: 64, description: 'The log that `since` belongs to.' },
        }),
        signals: { const: '1', description: 'Sends signals to a socket whose dialect does not show them.' },
        name: { type: 'string', description: 'The name of a guest, under AUTH=open.' },
        ticket: { type: 'string', description: 'A ticket from POST /api/tickets.' },
        token: { type: 'string', description: 'A token; prefer a ticket, which is not worth stealing.' },
      },
    },
    bindingVersion: '0.1.0',
  }
}
