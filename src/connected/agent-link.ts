import { retainFunctions } from '../lib/retain-functions.ts'
import {
  type AgentFrame,
  type AgentServerFrame,
  agentFrame,
  connectedAgentLimits,
} from '../protocol/connected-agents.ts'
import { fits } from '../protocol/text.ts'
import type { CircleAccess, TurnPart, TurnRequest } from '../protocol/turns.ts'

/** What a link does to the socket it is called with. */
export type AgentSocket = {
  send(frame: AgentServerFrame): void
  close(code: 'tooBig' | 'flooding', reason: string): void
}

/** What a link needs from outside. */
export type LinkPorts = {
  newId(): string
  describe(data: Extract<AgentFrame, { type: 'describe' }>['data']): void
}

type Call = {
  socket: AgentSocket
  parts: ReadableByteStreamController
  circle: CircleAccess
  release(): void
  ends: PromiseWithResolvers<void>
}

const { frame_bytes, frames_per_second, frame_burst, ahead_bytes } = connectedAgentLimits
const wrongFrameCost = 20 // frames: a program that sends what is none is soon told to slow down

/**
 * The calls of an agent over its socket. Calls are kept in memory: the circle calls again for one that is lost. What the
 * agent sends for a call that is over is ignored.
 */
export class AgentLink {
  readonly #ports: LinkPorts
  readonly #calls = new Map<string, Call>()
  readonly #encoder = new TextEncoder()
  #tokens: number = frame_burst
  #filledAt = 0 // ms

  constructor(ports: LinkPorts) {
    this.#ports = ports
  }

  /** Calls the agent. `ends` is fulfilled when the call is over. */
  call(
    socket: AgentSocket,
    request: TurnRequest,
    access: CircleAccess,
  ): { stream: ReadableStream<Uint8Array>; ends: Promise<void> } {
    const id = this.#ports.newId()
    const { retained: circle, release } = retainFunctions(access)
    const ends = Promise.withResolvers<void>()
    const stream = new ReadableStream({
      type: 'bytes',
      start: parts => void this.#calls.set(id, { socket, parts, circle, release, ends }),
      cancel: () => {
        if (this.#end(id) !== null) socket.send({ type: 'cancel', data: { call: id } })
      },
    })
    socket.send({ type: 'turn', data: { call: id, request } })
    return { stream, ends: ends.promise }
  }

  /** A frame arrived on a socket. */
  receive(socket: AgentSocket, text: string | ArrayBuffer, now: number): void {
    const isTooBig = typeof text === 'string' ? !fits(text, frame_bytes) : text.byteLength > frame_bytes
    const frame = typeof text === 'string' && !isTooBig ? read(text) : null
    if (isTooBig) socket.close('tooBig', 'the frame is too big')
    else if (!this.#take(frame === null ? wrongFrameCost : 1, now)) socket.close('flooding', 'too many frames')
    else if (frame === null) socket.send(wrongFrame)
    else this.#handle(socket, frame)
  }

  /** The agent is gone: its calls have failed. */
  disconnected(): void {
    for (const id of [...this.#calls.keys()]) this.#part(id, disconnected)
  }

  #handle(socket: AgentSocket, frame: AgentFrame): void {
    switch (frame.type) {
      case 'part':
        this.#part(frame.data.call, frame.data.part)
        break
      case 'request':
        void this.#request(socket, frame.data)
        break
      case 'describe':
        this.#ports.describe(frame.data)
        break
      case 'ping':
        socket.send({ type: 'pong', data: {} })
        break
      default:
        frame satisfies never
    }
  }

  #part(id: string, part: { type: string }): void {
    const call = this.#calls.get(id)
    if (call === undefined) return // it is over
    const isAhead = (call.parts.desiredSize ?? 0) < -ahead_bytes
    const next: { type: string } = isAhead ? tooFast : part
    call.parts.enqueue(this.#encoder.encode(`${JSON.stringify(next)}\n`))
    if (next.type !== 'final' && next.type !== 'approval' && next.type !== 'error') return
    this.#end(id)?.parts.close()
    if (isAhead) call.socket.send({ type: 'cancel', data: { call: id } })
  }

  async #request(
    socket: AgentSocket,
    { call: id, id: requestId, method, args }: Extract<AgentFrame, { type: 'request' }>['data'],
  ): Promise<void> {
    const circle = this.#calls.get(id)?.circle
    const about = { call: id, id: requestId }
    const respond = (result: { value: unknown } | { error: string }) =>
      socket.send({ type: 'response', data: { ...about, ...result } })
    if (circle === undefined) return respond({ error: 'This turn is over.' })
    try {
      const run = circle[method] as (...args: unknown[]) => Promise<unknown> // the room checks the arguments
      respond({ value: await run(...args) })
    } catch (error) {
      respond({ error: error instanceof Error && error.name === 'AccessError' ? error.message : 'The call failed.' })
    }
  }

  #end(id: string): Call | null {
    const call = this.#calls.get(id)
    if (call === undefined) return null
    this.#calls.delete(id)
    call.release()
    call.ends.resolve()
    return call
  }

  #take(frames: number, now: number): boolean {
    const added = (Math.max(0, now - this.#filledAt) / 1_000) * frames_per_second
    this.#tokens = Math.min(frame_burst, this.#tokens + added)
    this.#filledAt = now
    if (this.#tokens < frames) return false
    this.#tokens -= frames
    return true
  }
}

const wrongFrame: AgentServerFrame = {
  type: 'error',
  data: { code: 'bad_frame', message: 'This is not a frame of circles.agent.v1.' },
}

// A part, since the runtime logs the error of a stream that goes over RPC as uncaught.
const disconnected: TurnPart = { type: 'error', code: 'agent_died', message: 'The agent stopped early.' }

const tooFast: TurnPart = {
  type: 'error',
  code: 'agent_bad_answer',
  message: 'The agent sent more than anybody could read.',
  retry: false,
}

function read(text: string): AgentFrame | null {
  try {
    return agentFrame.safeParse(JSON.parse(text)).data ?? null
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}
