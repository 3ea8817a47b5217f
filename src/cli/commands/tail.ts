import type { EventFrame } from '../../client/client.ts'
import { type ApiTarget, connectTo, readChannel } from '../api-client.ts'
import { CliError } from '../exit-codes.ts'
import { formatEvent } from '../format-event.ts'
import { connected, followLog, readLog } from '../tail-log.ts'
import type { Terminal } from '../terminal.ts'

export type TailOptions = { lines: number; since?: number; json?: boolean; follow: boolean; timeout: number }

/** Shows what is in a channel's log, and then what comes. */
export async function tail(
  channelName: string,
  options: TailOptions,
  { server, terminal, signal }: { server: ApiTarget; terminal: Terminal; signal: AbortSignal },
): Promise<void> {
  const { kind, name } = readChannel(channelName)
  const circles = connectTo(server)
  const channel = circles[kind](name)
  const show = (event: EventFrame) => terminal.out(options.json ? JSON.stringify(event) : formatEvent(event, terminal))
  try {
    await connected(server, channel, options.timeout * 1000)
    const head = channel.state.position
    const after = options.since ?? Math.max(0, head - options.lines)
    if (after > head) throw new CliError('usage', `The log of ${kind}:${name} ends at ${head}.`)
    if (options.follow) return await followLog(channel, after, signal, show)
    for await (const event of readLog(channel, after)) {
      if (event.seq <= head) show(event)
    }
  } finally {
    circles.disconnect()
  }
}
