import type { AgentBinding } from '../env.ts'
import { cleanName, cleanText } from '../protocol/text.ts'
import { type AgentDescription, agentDescription } from '../protocol/turns.ts'
import type { ConnectedAgents } from './connected-agents.ts'
import { describeAgent } from './run-turn.ts'

const bindingName = /^AGENT_([A-Z0-9](?:[A-Z0-9_]{0,62}[A-Z0-9])?)$/

/** Names that look like the binding of an agent but are not. */
const reservedNames: ReadonlySet<string> = new Set(['AGENT_CHANNELS'])

/** How long a description is cached, in ms. Agents are deployed more often than circles wake. */
const cacheMs = 300_000

type Entry = { binding: AgentBinding; description: AgentDescription; askedAt: number | null }

/** The agents that are bound to this Worker (`AGENT_NIGHT_OWL` is `night-owl`), and those that connect to it. */
export class AgentRegistry {
  /** The ids of all agents; replaced, never mutated. A field, since every message reads it. */
  ids: ReadonlySet<string>
  /** Looks for agents that connect and are not known yet, since a message mentions somebody; null: there are none. */
  lookUp: ((isForced: boolean) => void) | null = null
  readonly #connected: ConnectedAgents | null
  #connectedDescriptions: ReadonlyMap<string, AgentDescription> = new Map()
  readonly #entries: ReadonlyMap<string, Entry>

  constructor(env: object, connected: ConnectedAgents | null = null) {
    this.#connected = connected
    this.#entries = new Map(
      bindingsIn(env).map(([id, binding]) => [id, { binding, description: defaultDescription(id), askedAt: null }]),
    )
    this.ids = new Set(this.#entries.keys())
  }

  /** Returns an agent's binding, or null. Whether an agent connects is not known before it is called. */
  binding(id: string): AgentBinding | null {
    return this.#entries.get(id)?.binding ?? this.#connected?.binding(id) ?? null
  }

  /** Replaces the agents that connect. A binding of the same id stays what it is. */
  connectedAre(list: readonly AgentDescription[]): void {
    this.#connectedDescriptions = new Map(list.map(agent => [agent.id, sanitize(agent.id, agent)]))
    this.ids = new Set([...this.#entries.keys(), ...this.#connectedDescriptions.keys()])
  }

  /** Returns the description last received from an agent. Before that, and if it is not bound, the id gives its name. */
  description(id: string): AgentDescription {
    return this.#entries.get(id)?.description ?? this.#connectedDescriptions.get(id) ?? defaultDescription(id)
  }

  /**
   * Asks all agents whose description is not cached for it. Returns null if there are none. If an agent fails or times
   * out, its description stays.
   */
  refresh(now: number): Promise<unknown> | null {
    const stale = [...this.#entries].filter(([, { askedAt }]) => askedAt === null || now - askedAt >= cacheMs)
    return stale.length === 0 ? null : Promise.all(stale.map(([id, entry]) => refreshEntry(id, entry, now)))
  }
}

/** Returns whether an agent with this id is bound. */
export function isAgentBound(env: object, id: string): boolean {
  const known = boundAgents.get(env) ?? new Set(bindingsIn(env).map(([id]) => id))
  boundAgents.set(env, known)
  return known.has(id)
}

const boundAgents = new WeakMap<object, ReadonlySet<string>>() // a Worker has one environment

/** The bindings of agents in an environment, by their ids. */
function bindingsIn(env: object): [id: string, binding: AgentBinding][] {
  return Object.entries(env).flatMap(([name, value]: [string, unknown]) => {
    const id = idOf(name)
    return id === null || !isBinding(value) ? [] : [[id, value] as [string, AgentBinding]]
  })
}

async function refreshEntry(id: string, entry: Entry, now: number): Promise<void> {
  entry.askedAt = now
  const received = agentDescription.safeParse(await describeAgent(entry.binding))
  if (received.success) entry.description = sanitize(id, received.data)
}

function idOf(name: string): string | null {
  const [, id] = bindingName.exec(name) ?? []
  return id === undefined || reservedNames.has(name) ? null : id.toLowerCase().replaceAll('_', '-')
}

/** Distinguishes bindings from settings such as AGENT_MODEL, a string. A service binding appears to have every method. */
function isBinding(value: unknown): value is AgentBinding {
  return typeof value === 'object' && value !== null && 'turn' in value && typeof value.turn === 'function'
}

/** Cleans the name and the description, which the agent chooses. The id comes from the binding alone. */
function sanitize(id: string, { name, description, observe }: AgentDescription): AgentDescription {
  return {
    ...(observe && { observe }),
    id,
    name: cleanName(name) ?? defaultDescription(id).name,
    description: cleanText(description) ?? '',
  }
}

/** `night-owl` is called Night Owl until it describes itself. */
function defaultDescription(id: string): AgentDescription {
  const words = id.split('-').filter(word => word !== '')
  return { id, name: words.map(word => word.charAt(0).toUpperCase() + word.slice(1)).join(' '), description: '' }
}
