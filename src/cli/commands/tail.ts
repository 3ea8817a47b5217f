import type { EventFrame } from '../../client/client.ts'
import { Problem } from '../exit-codes.ts'
import { connected, follow, pages } from '../follow.ts'
import { connectTo, readChannel, type Server } from '../server.ts'
import { showEvent } from '../show-event.ts'
import type { Terminal } from '../terminal.ts'

export type TailOptions = { lines: number; since?: number; json?: boolean; follow: boolean; timeout: number }

/** Shows what is in a channel's log, and then what comes. */
export async function tail(
  channelName: string,
  options: TailOptions,
  { server, terminal, signal }: { server: Server; terminal: Terminal; signal: AbortSignal },
): Promise<void> {
  const { kind, name } = readChannel(channelName)
  const circles = connectTo(server)
  const channel = circles[kind](name)
  const show = (event: EventFrame) => terminal.out(options.json ? JSON.stringify(event) : showEvent(event, terminal))
  try {
    await connected(server, channel, options.timeout * 1000)
    const head = channel.state.position
    const after = options.since ?? Math.max(0, head - options.lines)
    if (after > head) throw new Problem('usage', `The log of ${kind}:${name} ends at ${head}.`)
    if (options.follow) return await follow(channel, after, signal, show)
    for await (const event of pages(channel, after)) {
      if (event.seq <= head) show(event)
    }
  } finally {
    circles.close()
  }
}
