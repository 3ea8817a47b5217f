type AgentMessage = { agent_id: string; content: string }

/** A typical client class: handlers by type, and reconnects with growing delays. */
export class AgentListener {
  onAgentMessage: ((message: AgentMessage) => void) | null = null
  onOpen: (() => void) | null = null
  #socket: WebSocket | null = null
  #failures = 0
  readonly #url: string

  constructor(url: string) {
    this.#url = url
  }

  connect(): void {
    const socket = new WebSocket(this.#url)
    this.#socket = socket
    socket.onopen = () => {
      this.#failures = 0
      this.onOpen?.()
    }
    socket.onmessage = event => {
      const frame = JSON.parse(event.data)
      if (frame.type === 'agent_message') this.onAgentMessage?.(frame.data)
    }
    socket.onclose = () => {
      this.#failures++
      if (this.#failures <= 5) setTimeout(() => this.connect(), 500 * this.#failures)
    }
  }

  send(message: unknown): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message))
  }
}
