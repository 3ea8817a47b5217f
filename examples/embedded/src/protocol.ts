import { defineProtocol } from 'circles-rooms/protocol'
import * as z from 'zod'

/** The events and commands of a circle with polls, which the Worker and the page share. */
export const protocol = defineProtocol({
  events: {
    poll_created: {
      data: z.strictObject({ question: z.string().min(1).max(200), options: z.array(z.string()).min(2).max(10) }),
      text: ({ data }) => `${data.question} ${data.options.join(' or ')}?`,
      search: ({ question }) => question,
    },
    poll_voted: z.strictObject({ poll: z.int(), option: z.int() }),
    poll_closed: { data: z.strictObject({ poll: z.int() }), text: ({ data }) => `The poll #${data.poll} is closed.` },
  },
  commands: {
    create_poll: {
      role: 'member',
      data: z.strictObject({ question: z.string(), options: z.array(z.string()), seconds: z.int().optional() }),
    },
    vote: { role: 'member', data: z.strictObject({ poll: z.int(), option: z.int() }) },
  },
})
