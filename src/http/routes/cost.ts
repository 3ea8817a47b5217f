import type { ChannelKind } from '../../protocol/channels.ts'
import { cost as costSchema } from '../../protocol/cost/schema.ts'
import { callAdminIn } from '../channels/admin-call.ts'
import { openChannel } from '../channels/call-channel.ts'
import { endpoint } from '../endpoint.ts'

const cost = costSchema.meta({ id: 'Cost' })

/** `GET /api/circles/:name/cost`: the metered usage of a circle and its price, for owners. */
export const circleCost = costOf('circle', 'circles', {
  summary: 'What a circle has cost, and a month of the same would',
  description: 'Owners only. `dollars` at full price, `beyond_included` as if nothing else used the account.',
})

/** `GET /api/workspaces/:name/cost`: the same for a workspace. */
export const workspaceCost = costOf('workspace', 'workspaces', { summary: 'The same of a workspace' })

/** `GET /api/agents/:name/cost`: the same for the channel of an agent. */
export const agentCost = costOf('agent', 'agents', { summary: 'The same of an agent’s channel' })

function costOf<Plural extends string>(
  kind: ChannelKind,
  plural: Plural,
  text: { summary: string; description?: string },
) {
  const path = `/api/${plural}/:name/cost` as const
  return endpoint({ method: 'get', path, ...text, responses: { 200: cost } }, async context => {
    const result = await callAdminIn<'cost'>(await openChannel(context, kind), { do: 'cost' })
    return result instanceof Response ? result : context.json(result.value, 200)
  })
}
