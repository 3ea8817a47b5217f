import { WorkerEntrypoint } from 'cloudflare:workers'
import type { AgentDescription, TurnRequest } from '../../../src/protocol/turns.ts'
import { createPayload } from '../../load/payload.ts'

/** Bytes of a delta: a marker and a few letters, about as much as a language model sends at a time. */
const deltaBytes = 36
const encoder = new TextEncoder()

/** An agent that replies to `@stream 500 7` with 500 deltas, marked as sent by sender 7, as fast as they are taken. */
export class Stream extends WorkerEntrypoint {
  describe(): AgentDescription {
    return { id: 'stream', name: 'Stream', description: 'Replies with the requested number of deltas.' }
  }

  turn(request: TurnRequest): ReadableStream<Uint8Array> {
    const [deltas = 0, sender = 0] = [...request.asked.content.matchAll(/\d+/g)].map(Number)
    let seq = 0
    return new ReadableStream({
      type: 'bytes',
      pull(controller) {
        const delta = () => createPayload(sender, seq, Date.now() * 1_000, deltaBytes)
        const part = seq < deltas ? { type: 'delta', text: delta() } : { type: 'final' }
        controller.enqueue(encoder.encode(`${JSON.stringify(part)}\n`))
        if (seq++ === deltas) controller.close()
      },
    })
  }
}

export default { fetch: () => new Response('an agent has no page', { status: 404 }) }
