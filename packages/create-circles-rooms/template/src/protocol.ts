import { defineProtocol } from 'circles-rooms/protocol'
import * as z from 'zod'

/** What people can do in a circle beside talking. The Worker and the page share it. */
export const protocol = defineProtocol({
  // Stored in the circle's log: in order, once, for everybody, also after a reconnect.
  events: {
    poll_created: z.strictObject({ question: z.string().min(1).max(200), options: z.array(z.string()).min(2).max(10) }),
    poll_voted: z.strictObject({ poll: z.int(), option: z.int() }),
  },
  // What a client may ask for, and the least role that may.
  commands: {
    create_poll: {
      role: 'member',
      data: z.strictObject({ question: z.string().min(1).max(200), options: z.array(z.string()).min(2).max(10) }),
    },
    vote: { role: 'member', data: z.strictObject({ poll: z.int(), option: z.int() }) },
  },
})
