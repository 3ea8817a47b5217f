import { sha256 } from '../lib/ids.ts'
import { type BusEvent, type BusResult, targetOf } from '../protocol/bus-events.ts'
import type { ChannelKind, ChannelName } from '../protocol/channels.ts'
import { type CommandData, commandId } from '../protocol/commands.ts'
import type { Refusal } from '../protocol/errors.ts'
import type { AnyPublication, PublicationResult } from '../protocol/publish-schema.ts'

/** A channel, reached as whoever tells the events. */
export type ChannelPublisher = {
  publish(publications: AnyPublication[]): Promise<PublicationResult[]>
  sendMessage(id: string, data: CommandData<'message'>): Promise<PublicationResult>
}

/** Why an event is refused before it reaches its channel. */
export type RefusedEvent = { code: string; message: string }

/** How whoever tells events gets to a channel, and for which agents they may speak. */
export type PublisherAuthority = {
  publisherFor(kind: ChannelKind, name: string): Promise<ChannelPublisher | { refused: RefusedEvent }>
  mayPublishAs(agent: string): Promise<boolean>
}

type Placed = { index: number; event: BusEvent; kind: ChannelKind; name: string }

/** Brings events to their channels: each channel gets its own in their order. A result for each, in the order given. */
export async function publishEvents(events: readonly BusEvent[], teller: PublisherAuthority): Promise<BusResult[]> {
  const results: BusResult[] = events.map(event => refused(event, noDestination))
  const byChannel = new Map<ChannelName, Placed[]>()
  for (const [index, event] of events.entries()) {
    const place = targetOf(event)
    if (place === null) continue
    if (event.type === 'agent.message' && !(await teller.mayPublishAs(event.data.agent_id))) {
      results[index] = refused(event, notThatAgent)
      continue
    }
    const channel: ChannelName = `${place.kind}:${place.name}`
    byChannel.set(channel, [...(byChannel.get(channel) ?? []), { index, event, ...place }])
  }
  await Promise.all(
    [...byChannel].map(async ([channel, placed]) => {
      for (const [index, result] of await tellChannel(channel, placed, teller)) results[index] = result
    }),
  )
  return results
}

async function tellChannel(
  channel: ChannelName,
  placed: Placed[],
  teller: PublisherAuthority,
): Promise<[number, BusResult][]> {
  const [first] = placed
  if (first === undefined) return []
  const reached = await teller.publisherFor(first.kind, first.name)
  if ('refused' in reached) return placed.map(({ index, event }) => [index, refused(event, reached.refused, channel)])
  const results: [number, BusResult][] = []
  for (const run of runsOf(placed)) {
    const told = await tellRun(run, reached)
    for (const [at, { index, event }] of run.entries()) results.push([index, resultOf(event, told[at], channel)])
  }
  return results
}

/** Events that one call stores together, in their order; a line may wake agents and goes alone. */
function runsOf(placed: Placed[]): Placed[][] {
  const runs: Placed[][] = []
  for (const next of placed) {
    const run = runs.at(-1)
    if (run === undefined || next.event.type === 'message' || run[0]?.event.type === 'message') runs.push([next])
    else run.push(next)
  }
  return runs
}

async function tellRun(run: Placed[], reached: ChannelPublisher): Promise<PublicationResult[]> {
  const [first] = run
  if (first?.event.type === 'message') return [await reached.sendMessage(idOf(first.event), first.event.data)]
  return reached.publish(run.flatMap(({ event }) => publicationOf(event) ?? []))
}

function publicationOf(event: BusEvent): AnyPublication | null {
  const id = idOf(event)
  switch (event.type) {
    case 'message':
      return null
    case 'agent.message':
      return { id, type: 'agent_message', data: event.data }
    case 'workspace.git_status':
      return { id, type: 'git_status', data: event.data }
    case 'workspace.file_created':
      return { id, type: 'file_created', data: event.data }
    case 'workspace.file_changed':
      return { id, type: 'file_changed', data: event.data }
    case 'workspace.file_deleted':
      return { id, type: 'file_deleted', data: event.data }
    default:
      return event satisfies never
  }
}

// A room's ids are short and plain; what is neither gets one that is made from it, the same each time.
function idOf({ id }: BusEvent): string {
  return commandId.safeParse(id).success ? id : `bus-${sha256(id).slice(0, 40)}`
}

function resultOf(event: BusEvent, told: PublicationResult | undefined, channel: ChannelName): BusResult {
  if (told === undefined) throw new Error(`${channel} did not say what became of an event`)
  if ('refused' in told) return refused(event, told.refused, channel)
  return { id: event.id, status: told.duplicate ? 'duplicate' : 'stored', channel, seq: told.seq }
}

function refused({ id }: BusEvent, { code, message }: RefusedEvent | Refusal, channel?: ChannelName): BusResult {
  return { id, status: 'refused', ...(channel !== undefined && { channel }), error: { code, message } }
}

const noDestination: RefusedEvent = {
  code: 'invalid',
  message: 'say where it belongs: channel, circle_name or workspace_id',
}
const notThatAgent: RefusedEvent = { code: 'forbidden', message: 'your token does not speak for this agent' }
