// Circles with code of one's own in the way of every message: the rest of the Worker is the deployed one.
import * as z from 'zod/v4'
import {
  agentChannel,
  apiDocs,
  circles,
  defineCircle,
  defineProtocol,
  prometheus,
  refuse,
  regularExpressions,
  workspace,
} from '../../../src/server/index.ts'

export * from '../../../src/worker.ts'

const protocol = defineProtocol({
  events: { vote_cast: z.strictObject({ option: z.int() }) },
  commands: { cast_vote: { role: 'member', data: z.strictObject({ option: z.int() }) } },
})

let handled = 0 // events of the circles in this isolate

/** The object of a circle, in place of the one without code of its own. */
export class CircleObject extends defineCircle(protocol, {
  regularExpressions,
  commands: { cast_vote: (room, { data }) => room.append('vote_cast', data) },
  beforeMessage: (_room, { content }) => (content.startsWith('darn') ? refuse('forbidden', 'No.') : undefined),
  async afterEvent() {
    handled += 1
  },
  onConnect() {},
  onDisconnect() {},
  onRequest: () => Response.json({ handled }),
}) {}

const { fetch, queue } = circles({ protocol, kinds: [workspace, agentChannel], apiDocs, prometheus })

export default { fetch, queue }
