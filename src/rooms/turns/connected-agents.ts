import type { AgentRegistry } from '../../agents/agent-registry.ts'
import { agentsFor } from '../../agents/routing.ts'
import type { AgentDescription } from '../../protocol/turns.ts'
import type { Changed, Component } from '../component.ts'
import type { RoomContext } from '../context.ts'
import { nothing, type Outcome, sequence } from '../outcome.ts'
import type { ComponentDefinition } from '../tables.ts'

const freshMs = 5_000 // between two requests for the list
const missedAtOnce = 100 // messages that wait for the list

/** What the component needs of its object. `ask`: asks for the list, which comes back to `received`. */
export type ConnectedAgentsPorts = {
  registry: Pick<AgentRegistry, 'ids' | 'connectedAre' | 'lookUp'>
  ask(): void
}

/**
 * The agents that can connect to this deployment, as far as this circle knows. They are stored, so that a mention prompts
 * in the transaction of its message. After a message that mentions nobody who is known the list is asked for again, and
 * those whom it turns out to mention are prompted late.
 */
export class ConnectedAgentList implements Component {
  readonly #context: RoomContext
  readonly #changed: Changed
  readonly #ports: ConnectedAgentsPorts
  #askedAt = Number.NEGATIVE_INFINITY // ms
  #isWanted = false
  #isAsking = false
  #missedFrom: number | null = null // seq before the first message that may mention somebody unknown

  constructor(context: RoomContext, changed: Changed, ports: ConnectedAgentsPorts) {
    this.#context = context
    this.#changed = changed
    this.#ports = ports
    const rows = context.sql.all<{ data: string }>(`SELECT data FROM circles_connected_agents`)
    ports.registry.connectedAre(rows.map(({ data }) => JSON.parse(data) as AgentDescription))
    ports.registry.lookUp = isForced => this.#lookUp(isForced)
  }

  onJoin(): Outcome {
    this.#want()
    return nothing
  }

  /** When the list may be asked for again (ms), if it is wanted. */
  nextTick(): number | null {
    return this.#isWanted && !this.#isAsking ? this.#askedAt + freshMs : null
  }

  onTick(): Outcome {
    this.#changed() // `afterRun` follows
    return nothing
  }

  afterRun(now: number): Outcome {
    if (this.#isAsking || !this.#isWanted || now < this.#askedAt + freshMs) return nothing
    this.#isWanted = false
    this.#isAsking = true
    this.#askedAt = now
    this.#ports.ask()
    return nothing
  }

  /** The list has come; null: it could not be had, and counts as unchanged. */
  received(list: readonly AgentDescription[] | null, now: number): Outcome {
    const { registry } = this.#ports
    const before = registry.ids
    const from = this.#missedFrom
    this.#isAsking = false
    this.#missedFrom = null
    this.#changed()
    if (list === null) return nothing
    this.#store(list)
    registry.connectedAre(list)
    const added = registry.ids.difference(before)
    return from === null || added.size === 0 ? nothing : this.#promptLate(from, added, now)
  }

  /** Prompts the agents that were not known when messages after this one mentioned them. */
  #promptLate(from: number, added: ReadonlySet<string>, now: number): Outcome {
    const { messages, turns, sql } = this.#context
    return sql.transaction(() => {
      const outcomes = messages.after(from, missedAtOnce).map(message => {
        const agents = agentsFor(this.#context, message).filter(agent => added.has(agent))
        return agents.length === 0 ? nothing : turns.prompt({ message, agents, session: null }, now)
      })
      return sequence(...outcomes)
    })
  }

  #lookUp(isForced: boolean): void {
    if (isForced) this.#askedAt = Number.NEGATIVE_INFINITY
    else this.#missedFrom ??= Math.max(0, this.#context.log.head - 1) // a reply is stored by now, a message is not
    this.#want()
  }

  #want(): void {
    this.#isWanted = true
    this.#changed()
  }

  #store(list: readonly AgentDescription[]): void {
    const { sql } = this.#context
    const known = sql.all<{ id: string; data: string }>(`SELECT id, data FROM circles_connected_agents`)
    const stored = new Map(known.map(({ id, data }) => [id, data]))
    const next = new Map(list.map(agent => [agent.id, JSON.stringify(agent)]))
    for (const id of stored.keys()) if (!next.has(id)) sql.all(`DELETE FROM circles_connected_agents WHERE id = ?1`, id)
    for (const [id, data] of next) {
      if (stored.get(id) === data) continue
      sql.all(`INSERT OR REPLACE INTO circles_connected_agents (id, data) VALUES (?1, ?2)`, id, data)
    }
  }
}

/** The agents that connect, for circles that have them. */
export const connectedAgentList = (ports: ConnectedAgentsPorts): ComponentDefinition => ({
  name: 'connected-agents',
  migrations: [[`CREATE TABLE circles_connected_agents (id TEXT PRIMARY KEY, data TEXT NOT NULL) WITHOUT ROWID`]],
  create: (context, changed) => new ConnectedAgentList(context, changed, ports),
})
