import type { AgentRegistry } from '../../agents/agent-registry.ts'
import type { Env } from '../../env.ts'
import type { Logger } from '../../lib/logger.ts'
import type { ChannelName } from '../../protocol/channels.ts'
import type { Effect } from '../effects.ts'
import type { Meter } from '../metering/meter.ts'
import { sendActivity } from '../outbound/agent-activity.ts'
import { sendDigest } from '../outbound/digests/send.ts'
import type { Room } from '../room.ts'
import type { TokenCache } from '../sessions/token-cache.ts'
import { verifyToken } from '../sessions/verify-token.ts'
import { AgentCalls } from '../turns/agent-calls.ts'

type Errand = Extract<Effect, { do: 'verify' | 'call' | 'cancel' | 'digest' | 'report' }>

type Given = {
  context: DurableObjectState
  env: Env
  place: ChannelName
  agents: AgentRegistry
  passes: TokenCache
  turnMs: number // for one call of an agent
  meter: Meter
  log: Logger
  undrained: () => number // sockets that do not take what they were sent
  later: (act: (room: Room, now: number) => Effect[]) => void // with the answer
}

/** What a room has done elsewhere: agents called, tokens checked, others told. None of it holds the room up. */
export class BackgroundTasks {
  readonly #given: Given
  readonly #calls: AgentCalls

  constructor(given: Given) {
    this.#given = given
    this.#calls = new AgentCalls(given.agents, given.turnMs, given.later)
  }

  run(errand: Errand): void {
    const { env, later } = this.#given
    switch (errand.do) {
      case 'verify':
        this.waitUntil(this.#verify(errand))
        break
      case 'call':
        this.#while('agent', this.#calls.call(errand.request))
        break
      case 'cancel':
        this.#calls.cancel(errand.turn)
        break
      case 'digest':
        this.waitUntil(sendDigest(env, errand, act => later(room => act(room.context.digests))))
        break
      case 'report':
        this.waitUntil(sendActivity(env, errand.agent, errand.data))
        break
      default:
        errand satisfies never
    }
  }

  cancelAll(): void {
    this.#calls.cancelAll()
  }

  /** Work that keeps the object in memory until it is done. */
  waitUntil(work: Promise<unknown>): void {
    this.#while('errand', work)
  }

  /** Says, once an hour, what keeps this object awake or wakes it for nothing, and what that costs. */
  lookAround(): void {
    const { meter, undrained, log, place: channel } = this.#given
    const now = Date.now()
    for (const { cause, detail, dollars } of meter.checkWakefulness(undrained, now)) {
      log({ event: 'wakeful', channel, cause, detail, dollars_a_month: dollars }, now)
    }
  }

  #while(what: 'agent' | 'errand', work: Promise<unknown>): void {
    const over = this.#given.meter.begin(what, Date.now())
    const done = () => {
      this.lookAround()
      over(Date.now())
    }
    this.#given.context.waitUntil(work.finally(done))
  }

  async #verify({ session, id, token }: Extract<Effect, { do: 'verify' }>): Promise<void> {
    const { env, place, passes, later } = this.#given
    const outcome = await verifyToken(token, { env, place, passes }, Date.now())
    later((room, now) => room.identified(session, id, outcome, now))
  }
}
