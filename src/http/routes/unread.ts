import * as z from 'zod/v4'
import { inboxResource } from '../../auth/resource.ts'
import { nameAtDoor, parseChannel } from '../../protocol/channels/channels.ts'
import { inboxSchemas, type UnreadChannel } from '../../protocol/inbox.ts'
import type { UnreadMessages, WaitingInChannel } from '../../rpc/inbox.ts'
import { directoryStub, type InboxStub } from '../../stubs.ts'
import { openChannelAt } from '../channels/call-channel.ts'
import type { HttpContext } from '../context.ts'
import { endpoint } from '../endpoint.ts'
import { inboxOf } from './inbox.ts'

const maxAsked = 200 // channels in one request: those where the caller came last

/** `GET /api/me/unread`: the channels in which the caller has not read everything. */
export const unreadEndpoint = () =>
  endpoint(
    {
      id: 'getUnread',
      method: 'get',
      path: '/api/me/unread',
      summary: 'Get what you have not read',
      description:
        'By circle: messages of others (at most 100 are counted, in the 200 circles where you came last), and the mentions, replies in your threads, requests for approval and failed turns in your inbox. With `active`, only the circles in which something has happened within the last minutes, also those where you have read everything since: ask for all once, and then for these, at most once in 15 s.',
      query: z.object({ active: z.enum(['true', 'false']).default('false') }),
      responses: { 200: z.object({ channels: z.array(inboxSchemas().unread) }) },
    },
    async context => {
      const stub = inboxOf(context)
      if (stub instanceof Response) return stub
      const onlyActive = context.req.valid('query').active === 'true'
      const channels = await unreadOf(context, stub, onlyActive)
      context.set('resource', inboxResource) // for the log, in which one of the channels would be named
      return context.json({ channels }, 200)
    },
  )

async function unreadOf(context: HttpContext, stub: InboxStub, onlyActive: boolean): Promise<UnreadChannel[]> {
  const [waiting, visits] = await Promise.all([stub.unread(), stub.visits(maxAsked)])
  const asked = onlyActive ? await directoryStub(context.env).activeAmong(visits) : visits
  const counts = new Map<string, UnreadMessages | null>()
  await Promise.all(asked.map(async channel => counts.set(channel, await countIn(context, stub, channel))))
  const items = new Map(waiting.map(each => [each.channel, each]))
  const names = onlyActive ? asked : [...new Set([...items.keys(), ...asked])]
  const all = names.sort().map(channel => joined(channel, counts.get(channel), items.get(channel)))
  return onlyActive ? all : all.filter(({ first }) => first !== null)
}

/** What a channel says of the caller's unread messages; null if it is not theirs to know, or does not answer. */
async function countIn(context: HttpContext, inbox: InboxStub, channel: string): Promise<UnreadMessages | null> {
  const address = parseChannel(channel, context.var.tables.kinds, nameAtDoor)
  const call = address === null ? null : await openChannelAt(context, address)
  if (call === null || call instanceof Response) return null
  const request = { do: 'component', name: 'readers', request: null } as const
  try {
    const answer = await call.stub.serve<'component'>(call.caller, request)
    if (answer === null) await inbox.deliver({ channel, visited: false })
    return answer === null || 'refused' in answer ? null : (answer.value as UnreadMessages)
  } catch {
    return null // the others are answered for all that
  }
}

function joined(channel: string, count?: UnreadMessages | null, items?: WaitingInChannel): UnreadChannel {
  const { messages = 0, first = null } = count ?? {}
  const { mentions = 0, replies = 0, direct = 0, approvals = 0, failures = 0 } = items ?? {}
  const firsts = [first, items?.first ?? null].filter(seq => seq !== null)
  return {
    channel,
    messages,
    mentions,
    replies,
    direct,
    approvals,
    failures,
    first: firsts.length === 0 ? null : Math.min(...firsts),
  }
}
