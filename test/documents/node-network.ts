import { WebSocket } from 'ws'
import type { Network } from './provider-clients.ts'

/** WebSockets of Node. */
export const nodeNetwork: Network = () => {
  const sockets: WebSocket[] = []
  class Recorded extends WebSocket {
    constructor(...args: ConstructorParameters<typeof WebSocket>) {
      super(...args)
      this.on('error', () => {}) // a server that is down: the provider comes back by itself
      sockets.push(this)
    }
  }
  return { Recorded: Recorded as never, cut: () => sockets.at(-1)?.terminate() }
}
