import type { Socket } from '../platform.ts'
import type { SteadyPlatform } from '../steady-clock.ts'
import {
  type Action,
  type Connection,
  type ConnectionEvent,
  type Credentials,
  idle,
  isLive,
  step,
} from './connection.ts'
import type { CredentialsRefusal, CredentialsWanted, KnownCredentials } from './credentials.ts'

/** What is carried over a connection, and how one gets in. */
export type ConnectionPorts = {
  platform: SteadyPlatform
  authorize(want: CredentialsWanted): Promise<KnownCredentials | CredentialsRefusal>
  url(query: Record<string, string>): string
  /** Takes a message of the server; `welcome` says that the server has let the client in. */
  onMessage(data: unknown, welcome: () => void): void
  onEnd(): void // the socket is gone
  onConnectionChange(connection: Connection): void // its phase is another
}

/** Runs the connection machine on real sockets and timers. */
export class ConnectionRunner {
  readonly #ports: ConnectionPorts
  #connection: Connection = idle // its times are those of the clock for waits
  #socket: Socket | null = null
  #cancelTimer = (): void => {}
  #wasUnknown = false // the last attempt found no such channel

  constructor(ports: ConnectionPorts) {
    this.#ports = ports
  }

  get connection(): Connection {
    const { platform } = this.#ports
    return shifted(this.#connection, Math.round(platform.now() - platform.elapsed()))
  }

  /** The socket, while the server has let the client in. */
  get live(): Socket | null {
    return isLive(this.#connection) ? this.#socket : null
  }

  get socket(): Socket | null {
    return this.#socket
  }

  /** `wake`: the network or the person may be back. */
  step(event: ConnectionEvent): void {
    const { platform } = this.#ports
    const before = this.#connection
    const [connection, actions] = step(before, event, { now: platform.elapsed(), random: platform.random })
    this.#connection = connection
    if (connection.due !== before.due || event.type === 'due') this.#setTimer() // a timer that fired is gone
    for (const action of actions) this.#perform(action)
    // An action may have taken another step; that one has reported its own change.
    const isCurrent = this.#connection === connection
    if (isCurrent && connection.phase !== before.phase) this.#ports.onConnectionChange(this.connection)
  }

  #setTimer(): void {
    this.#cancelTimer()
    const { platform } = this.#ports
    const { due } = this.#connection
    if (due === null) this.#cancelTimer = () => {}
    else this.#cancelTimer = platform.after(Math.max(0, due - platform.elapsed()), () => this.step({ type: 'due' }))
  }

  #perform(action: Action): void {
    if (action.do === 'authorize') void this.#authorize(action)
    else if (action.do === 'open') this.#open(action.attempt, action.credentials)
    else if (action.do === 'ping') this.#socket?.send('{"type":"ping"}')
    else if (action.do === 'drop') this.#drop()
    else action satisfies never
  }

  async #authorize({ attempt, renew, diagnose }: Extract<Action, { do: 'authorize' }>): Promise<void> {
    try {
      const result = await this.#ports.authorize({ renew, diagnose, wasUnknown: this.#wasUnknown })
      this.#wasUnknown = 'isUnknown' in result && result.isUnknown
      if ('status' in result) this.step({ type: 'refused', attempt, ...result })
      else this.step({ type: 'credentials', attempt, credentials: result })
    } catch (error) {
      const message = error instanceof Error ? error.message : 'The server cannot be reached.'
      this.step({ type: 'refused', attempt, status: 0, reason: { code: 'unreachable', message }, retryAfterMs: null })
    }
  }

  #open(attempt: number, { query, protocols }: Credentials): void {
    const socket = this.#ports.platform.socket(this.#ports.url(query), protocols)
    this.#socket = socket
    socket.onopen = () => this.step({ type: 'opened', attempt })
    socket.onmessage = ({ data }) => {
      this.step({ type: 'received', attempt })
      this.#ports.onMessage(data, () => this.step({ type: 'welcome', attempt }))
    }
    socket.onclose = ({ code, reason }) => {
      this.#end()
      this.step({ type: 'closed', attempt, code, reason })
    }
    socket.onerror = () => {} // a close follows, and carries all that a page may know
  }

  #end(): void {
    this.#socket = null
    this.#ports.onEnd()
  }

  #drop(): void {
    const socket = this.#socket
    this.#end()
    if (socket === null) return
    socket.onopen = socket.onmessage = socket.onclose = null
    socket.close(1000)
  }
}

/** A connection with its times on another clock. */
function shifted(connection: Connection, ms: number): Connection {
  const { since, receivedAt, due, downSince } = connection
  return {
    ...connection,
    since: since + ms,
    receivedAt: receivedAt + ms,
    due: due === null ? null : due + ms,
    downSince: downSince === null ? null : downSince + ms,
  }
}
