import type { Channel, EventFrame } from '../../client/client.ts'
import type { EventType } from '../../protocol/events/events.ts'
import { clientFor, readChannel } from '../api-client.ts'
import type { CommandContext } from '../command-context.ts'
import { CliError } from '../exit-codes.ts'
import { formatEvent } from '../format-event.ts'
import { orAborted } from '../interrupt.ts'
import { connectChannel, followLog, readLog } from '../tail-log.ts'

/** The options of `circles-rooms tail`; `timeout` in seconds. */
type TailOptions = { lines: number; since?: number; json?: boolean; follow: boolean; timeout: number }

/** Shows the latest events of a channel's log, and then new ones. */
export async function tail(channelName: string, options: TailOptions, context: CommandContext): Promise<void> {
  const { server, terminal, signal, tables } = context
  const { kind, name } = readChannel(channelName, tables.kinds)
  const client = clientFor(server)
  const channel = client[kind](name)
  const show = (event: EventFrame) =>
    options.json ? terminal.json(event) : terminal.out(formatEvent(event, tables.events))
  try {
    await connectChannel(context, channel, options.timeout * 1000)
    const head = channel.state.position
    const after = options.since ?? Math.max(0, head - options.lines)
    if (after > head) throw new CliError('usage', `The log of ${kind}:${name} ends at ${head}.`)
    if (options.follow)
      return await followLog(channel, after, { signal, show, types: [...tables.events.keys()] as EventType[] })
    await orAborted(showLog(channel, { after, head, show }), signal)
  } finally {
    client.disconnect()
  }
}

type Range = { after: number; head: number; show(event: EventFrame): void }

async function showLog(channel: Channel, { after, head, show }: Range): Promise<void> {
  for await (const event of readLog(channel, after)) {
    if (event.seq <= head) show(event)
  }
}
