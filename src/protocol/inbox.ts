import * as z from 'zod/v4'
import { idText } from './text-schema.ts'

// What a person is told of their circles over `/ws/me` and `/api/me`. It holds no text: whoever wants that asks the circle.

/** Nobody counts more unread messages of a circle than these. */
export const maxUnreadMessages = 100

const kinds = ['mention', 'reply', 'direct', 'approval', 'failure'] as const

/** Why something is in an inbox: somebody named the person, replied in their thread, wrote to them alone, asks for approval, or failed them. */
export type InboxKind = (typeof kinds)[number]

/** Makes the schemas. A function, so that they are in no Worker without inboxes: bundlers keep calls that nobody uses. */
export function inboxSchemas() {
  const seq = z.int().positive()
  const item = z.object({
    channel: z.string(), // circle:dev-team
    epoch: z.string(), // of its log
    seq,
    kind: z.enum(kinds),
    at: z.iso.datetime(),
    from: z.object({ id: z.string(), name: z.string() }), // a person or an agent
    root: seq.nullable(), // of the thread it is in
    approval: z.string().optional(),
    message: seq.optional(), // that was edited; absent: the event itself is what the item is about
    read: z.boolean(),
  })
  const count = z.int().nonnegative()
  const unread = z.object({
    channel: z.string(),
    messages: count.max(maxUnreadMessages), // of others, from where the person has read to
    ...{ mentions: count, replies: count, direct: count, approvals: count, failures: count }, // unread items
    first: seq.nullable(), // of the unread ones; null: there are none any more
  })
  // Everything outside threads up to `seq`, with `root` what is in one thread, or with `only` the one at `seq`.
  const mark = z.object({
    channel: idText().min(1).max(200),
    seq,
    root: seq.nullable().default(null),
    only: z.boolean().default(false),
  })
  const frame = z.union([
    z.object({ type: z.literal('inbox'), data: z.object({ items: z.array(item) }) }), // at first: what is unread
    z.object({ type: z.literal('inbox_item'), data: item }),
    z.object({ type: z.literal('inbox_read'), data: mark.extend({ root: seq.nullable(), only: z.boolean() }) }), // on any device
    z.object({ type: z.literal('inbox_closed'), data: z.object({ channel: z.string(), approval: z.string() }) }),
  ])
  return { item, unread, mark, frame }
}

type Schemas = ReturnType<typeof inboxSchemas>

/** An event of a circle that is for one person. */
export type InboxItem = z.infer<Schemas['item']>
/** How many unread items one circle has. */
export type UnreadChannel = z.infer<Schemas['unread']>
/** How far a person has read in a circle or in a thread. */
export type InboxMark = z.infer<Schemas['mark']>
/** A frame of `/ws/me`. */
export type InboxFrame = z.infer<Schemas['frame']>
