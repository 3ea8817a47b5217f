import type { EventFrame } from '../../client/client.ts'
import type { EventType } from '../../protocol/events/events.ts'
import { clientFor, readChannel } from '../api-client.ts'
import type { CommandContext } from '../command-context.ts'
import { CliError } from '../exit-codes.ts'
import { formatEvent } from '../format-event.ts'
import { connectChannel, followLog, readLog } from '../tail-log.ts'

/** The options of `circles tail`; `timeout` in seconds. */
type TailOptions = { lines: number; since?: number; json?: boolean; follow: boolean; timeout: number }

/** Shows the latest events of a channel's log, and then new ones. */
export async function tail(
  channelName: string,
  options: TailOptions,
  { server, terminal, signal, tables }: CommandContext,
): Promise<void> {
  const { kind, name } = readChannel(channelName, tables.kinds)
  const client = clientFor(server)
  const channel = client[kind](name)
  const show = (event: EventFrame) =>
    terminal.out(options.json ? JSON.stringify(event) : formatEvent(event, terminal, tables.events))
  try {
    await connectChannel(server, channel, options.timeout * 1000)
    const head = channel.state.position
    const after = options.since ?? Math.max(0, head - options.lines)
    if (after > head) throw new CliError('usage', `The log of ${kind}:${name} ends at ${head}.`)
    if (options.follow)
      return await followLog(channel, after, { signal, show, types: [...tables.events.keys()] as EventType[] })
    for await (const event of readLog(channel, after)) {
      if (event.seq <= head) show(event)
    }
  } finally {
    client.disconnect()
  }
}
