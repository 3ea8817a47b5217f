import type { ChannelKindDefinition } from '../../protocol/channels/channel-kinds.ts'
import { cost as costSchema } from '../../protocol/cost/schema.ts'
import { callAdminIn } from '../channels/admin-call.ts'
import { openChannel } from '../channels/call-channel.ts'
import { capitalized, endpoint } from '../endpoint.ts'

const cost = costSchema.meta({ id: 'Cost' })

/** `GET /api/<kinds>/:name/cost`: the metered usage of a channel of this kind and its price, for owners. */
export function costEndpoint({ kind, plural, within, docs }: ChannelKindDefinition) {
  // Its type is that of most kinds; a document's path has two names.
  const path = `/api/${plural}/${(within === null ? ':name' : ':circle/:document') as ':name'}/cost` as const
  return endpoint(
    {
      id: `get${capitalized(kind)}Cost`,
      method: 'get',
      path,
      summary: `Get what ${docs.noun} costs`,
      description:
        'Owners only. What it has used, and a month of the same: `dollars` at full price, `beyond_included` as if nothing else used the account.',
      responses: { 200: cost },
    },
    async context => {
      const result = await callAdminIn<'cost'>(await openChannel(context, kind), { do: 'cost' })
      return result instanceof Response ? result : context.json(result.value, 200)
    },
  )
}
