import { WebSocket } from 'ws'
import type { ServerTarget } from './target.ts'
import { mint } from './token.ts'

type Frame = { type: string; data: { turn?: string } }

/** A member who prompts an agent, and stops it. */
export class TurnClient {
  readonly #socket: WebSocket
  readonly #frames: Frame[] = []
  #wake = () => {}
  #count = 0

  constructor({ port }: ServerTarget, circle: string) {
    const headers = { authorization: `Bearer ${mint('user0')}` }
    this.#socket = new WebSocket(`ws://127.0.0.1:${port}/ws/circles/${circle}`, ['circles.v1'], { headers })
    this.#socket.on('message', text => {
      const frames = JSON.parse(`${text}`) as Frame | Frame[]
      this.#frames.push(...(Array.isArray(frames) ? frames : [frames]))
      this.#wake()
    })
  }

  /** Sends a command. */
  send(type: string, data: object): void {
    this.#socket.send(JSON.stringify({ type, id: `c${this.#count++}`, data }))
  }

  /** The next frame of a type; those before it are forgotten. */
  async next(type: string): Promise<Frame> {
    for (;;) {
      const frame = this.#frames.shift()
      if (frame?.type === type) return frame
      if (frame === undefined)
        await new Promise<void>(resolve => {
          this.#wake = resolve
        })
    }
  }

  close(): void {
    this.#socket.close()
  }
}
