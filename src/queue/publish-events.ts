import { sha256 } from '../lib/ids.ts'
import type { ChannelAddress, ChannelKind, ChannelName } from '../protocol/channels/channels.ts'
import { commandId } from '../protocol/commands/command-table.ts'
import type { CommandData } from '../protocol/commands/commands.ts'
import type { AnyPublication, PublicationResult } from '../protocol/commands/publish-schema.ts'
import type { Refusal } from '../protocol/errors.ts'
import {
  type BusEvent,
  type BusResult,
  type EventBus,
  isAgentMessage,
  isMessage,
} from '../protocol/events/bus-events.ts'

/** Stores events in one channel, in the name of their sender. */
export type ChannelPublisher = {
  publish(publications: AnyPublication[]): Promise<PublicationResult[]>
  sendMessage(id: string, data: CommandData<'message'>): Promise<PublicationResult>
}

/** The reason an event is refused before it reaches its channel. */
type RefusedEvent = { code: string; message: string }

/** The rights of a sender of events: the channels they may publish to, and the agents they may publish as. */
export type PublisherAuthority = {
  publisherFor(kind: ChannelKind, name: string): Promise<ChannelPublisher | { refused: RefusedEvent }>
  mayPublishAs(agent: string): Promise<boolean>
}

/** An event with its channel; `publication` is null for a message, which is a command. */
type RoutedEvent = ChannelAddress & { index: number; event: BusEvent; publication: AnyPublication | null }

/** Publishes events to their channels, in order within each channel. Returns a result for each, in the order of the events. */
export async function publishEvents(
  bus: EventBus,
  events: readonly BusEvent[],
  authority: PublisherAuthority,
): Promise<BusResult[]> {
  const results: BusResult[] = events.map(event => refused(event, noTarget))
  const byChannel = new Map<ChannelName, RoutedEvent[]>()
  for (const [index, event] of events.entries()) {
    const target = bus.targetOf(event)
    if (target === null) continue
    if (isAgentMessage(event) && !(await authority.mayPublishAs(event.data.agent_id))) {
      results[index] = refused(event, wrongAgent)
      continue
    }
    const channel: ChannelName = `${target.kind}:${target.name}`
    const publication = bus.publicationOf(event, idOf(event))
    byChannel.set(channel, [...(byChannel.get(channel) ?? []), { index, event, publication, ...target }])
  }
  await Promise.all(
    [...byChannel].map(async ([channel, routed]) => {
      for (const [index, result] of await publishToChannel(channel, routed, authority)) results[index] = result
    }),
  )
  return results
}

async function publishToChannel(
  channel: ChannelName,
  routed: RoutedEvent[],
  authority: PublisherAuthority,
): Promise<[number, BusResult][]> {
  const [first] = routed
  if (first === undefined) return []
  const publisher = await authority.publisherFor(first.kind, first.name)
  if ('refused' in publisher)
    return routed.map(({ index, event }) => [index, refused(event, publisher.refused, channel)])
  const results: [number, BusResult][] = []
  for (const run of runsOf(routed)) {
    const published = await publishRun(run, publisher)
    for (const [at, { index, event }] of run.entries()) results.push([index, resultOf(event, published[at], channel)])
  }
  return results
}

/** Groups events that one call stores together, in order. A message can start turns, so it goes alone. */
function runsOf(routed: RoutedEvent[]): RoutedEvent[][] {
  const runs: RoutedEvent[][] = []
  for (const next of routed) {
    const run = runs.at(-1)
    if (run === undefined || next.publication === null || run[0]?.publication === null) runs.push([next])
    else run.push(next)
  }
  return runs
}

async function publishRun(run: RoutedEvent[], publisher: ChannelPublisher): Promise<PublicationResult[]> {
  const [first] = run
  if (first !== undefined && isMessage(first.event))
    return [await publisher.sendMessage(idOf(first.event), first.event.data)]
  return publisher.publish(run.flatMap(({ publication }) => publication ?? []))
}

// A room's ids are short and plain; an id that is not gets one derived from it, the same each time.
function idOf({ id }: BusEvent): string {
  return commandId.safeParse(id).success ? id : `bus-${sha256(id).slice(0, 40)}`
}

function resultOf(event: BusEvent, result: PublicationResult | undefined, channel: ChannelName): BusResult {
  if (result === undefined) throw new Error(`expected ${channel} to return a result for every event`)
  if ('refused' in result) return refused(event, result.refused, channel)
  return { id: event.id, status: result.duplicate ? 'duplicate' : 'stored', channel, seq: result.seq }
}

function refused({ id }: BusEvent, { code, message }: RefusedEvent | Refusal, channel?: ChannelName): BusResult {
  return { id, status: 'refused', ...(channel !== undefined && { channel }), error: { code, message } }
}

const noTarget: RefusedEvent = {
  code: 'invalid',
  message: 'set channel, circle_name or workspace_id',
}
const wrongAgent: RefusedEvent = { code: 'forbidden', message: 'your token may not publish as this agent' }
