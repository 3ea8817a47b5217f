import { WorkerEntrypoint } from 'cloudflare:workers'

const received = []

/** A sink that is bound as a service. */
export class Sink extends WorkerEntrypoint {
  deliver(event) {
    received.push({ from: 'service', event })
  }
}

// biome-ignore lint/style/noDefaultExport: a Worker has one
export default {
  fetch: () => Response.json(received),
  queue(batch) {
    for (const { body } of batch.messages) received.push({ from: 'queue', event: body })
  },
}
