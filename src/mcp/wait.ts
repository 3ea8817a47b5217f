import * as z from 'zod/v4'
import type { ChannelCall } from '../http/channels/call-channel.ts'
import { openSocket } from '../http/channels/open-socket.ts'
import type { HttpContext } from '../http/context.ts'
import { type Failure, failure } from '../http/errors.ts'
import { isMentioned } from '../protocol/mentions.ts'
import { readPage } from './circle.ts'

/** What is waited for: what somebody else says after a seq. `seconds`: for how long. */
export type Wanted = { after?: number | undefined; mentions?: string | undefined; seconds: number; signal: AbortSignal }

const frame = z.looseObject({ type: z.string(), seq: z.int().optional(), data: z.looseObject({}) })
type Frame = z.infer<typeof frame>

/** `timed_out`: the time passed, and nobody said what was waited for. `head`: the seq to go on from. */
export type Received = { events: Frame[]; timed_out: boolean; head: number }

const spoken = new Set(['message', 'agent_message', 'approval_requested', 'turn_failed'])

/** Waits until somebody else says something in a circle, and returns all that was logged after the seq until then. */
export async function waitFor(
  call: ChannelCall | Failure,
  context: HttpContext,
  wanted: Wanted,
): Promise<Received | Failure> {
  if (call instanceof Response) return call
  const { after } = wanted
  const page = await readPage(call, context, after === undefined ? { limit: 1 } : { after, limit: 200 })
  if (page instanceof Response) return page
  const past = after === undefined ? [] : page.events
  const from = after === undefined ? page.head : (past.at(-1)?.seq ?? after)
  const isWanted = wantedBy(call, wanted)
  if (page.more && after !== undefined) return { events: past, timed_out: false, head: from }
  if (past.some(isWanted)) return { events: past, timed_out: false, head: from }
  const socket = await openSocket(context, call, { since: from, epoch: page.epoch })
  if (!(socket instanceof WebSocket)) return socket as Failure
  const received = await listen(socket, from, isWanted, wanted)
  if (received instanceof Response) return received
  return { ...received, events: [...past, ...received.events] }
}

function wantedBy({ caller }: ChannelCall, { mentions }: Wanted): (event: Frame) => boolean {
  return ({ type, data }) => {
    if (!spoken.has(type) || (data.user_id ?? data.agent_id) === caller.principal.id) return false
    return mentions === undefined || isMentioned(String(data.content ?? ''), mentions)
  }
}

/** Listens on a socket until an event is wanted, the time is over, the caller is gone, or the socket ends. */
function listen(
  socket: WebSocket,
  from: number,
  isWanted: (event: Frame) => boolean,
  { seconds, signal }: Wanted,
): Promise<Received | Failure> {
  const events: Frame[] = []
  const { promise, resolve } = Promise.withResolvers<Received | Failure>()
  const end = (timedOut: boolean) => resolve({ events, timed_out: timedOut, head: events.at(-1)?.seq ?? from })
  const timer = setTimeout(end, seconds * 1_000, true)
  const leave = () => end(true)
  signal.addEventListener('abort', leave)
  socket.addEventListener('message', ({ data }) => {
    const added = eventsIn(String(data)).filter(({ seq = 0 }) => seq > from)
    events.push(...added)
    if (added.some(isWanted)) end(false)
  })
  socket.addEventListener('close', ({ reason }) => resolve(failure('unavailable', `The circle closed: ${reason}`)))
  socket.accept()
  return promise.finally(() => {
    clearTimeout(timer)
    signal.removeEventListener('abort', leave)
    socket.close(1000)
  })
}

/** The logged events of one WebSocket message: it carries one frame or a list of them, and a page holds several. */
function eventsIn(text: string): Frame[] {
  const json: unknown = JSON.parse(text)
  const frames = z.array(frame).parse(Array.isArray(json) ? json : [json])
  return frames.flatMap(one =>
    one.type === 'history' ? z.array(frame).parse(one.data.events) : one.seq === undefined ? [] : [one],
  )
}
