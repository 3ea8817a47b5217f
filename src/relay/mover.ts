import { dialects } from '../protocol/dialects/index.ts'
import type { Room } from '../rooms/room.ts'
import type { SessionId } from '../rooms/sessions/session.ts'
import type { Plan } from './plan.ts'

const lookMs = 10_000 // between two looks at whether sockets stand where the plan has them
const stepMs = 1_000
const share = 0.02 // of the sockets that are to move, in each step
/** A socket that is where the plan does not want it stays so long (ms): one whose relay could not be reached comes back. */
export const stayMs = 600_000

type Ports = {
  room(): Room | null
  plan(): Plan
  now(): number
  setTimer(run: () => void, ms: number): void
  /** Closes a session's socket, so that its client comes back elsewhere. */
  move(ids: readonly SessionId[]): void
}

/**
 * Moves the sockets of native clients after the plan has changed: to relays when a circle has become large, and back. Each
 * is closed with 1012 and resumes, two in a hundred a second. The other dialects do not resume, and stay.
 */
export class Mover {
  readonly #ports: Ports
  #lookAt = 0
  #isMoving = false

  constructor(ports: Ports) {
    this.#ports = ports
  }

  /** Begins to move sockets, if there are some in the wrong place; `relayed`: how many stand at relays. */
  consider(relayed: number): void {
    const now = this.#ports.now()
    if (this.#isMoving || now < this.#lookAt) return
    this.#lookAt = now + lookMs
    const sessions = this.#ports.room()?.context.sessions.size ?? 0
    const misplaced = this.#ports.plan().on ? sessions - relayed : relayed
    if (misplaced === 0) return
    this.#isMoving = true
    this.#ports.setTimer(() => this.#step(), stepMs) // the present run has to end first
  }

  #step(): void {
    const ids = this.#misplaced()
    this.#isMoving = ids.length > 0
    if (!this.#isMoving) return
    this.#ports.setTimer(() => this.#step(), stepMs)
    this.#ports.move(ids.slice(0, Math.ceil(ids.length * share)))
  }

  #misplaced(): SessionId[] {
    const { on } = this.#ports.plan()
    const until = this.#ports.now() - stayMs
    const sessions = this.#ports.room()?.context.sessions.values() ?? []
    return [...sessions].flatMap(({ id, dialect, relay, startedAt }) => {
      const isMisplaced = on === (relay === undefined)
      return isMisplaced && dialects[dialect].greets && startedAt <= until ? [id] : []
    })
  }
}
