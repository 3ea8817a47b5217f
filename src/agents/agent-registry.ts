import type { AgentBinding } from '../env.ts'
import { cleanName, cleanText } from '../protocol/text.ts'
import { type AgentDescription, agentDescription } from '../protocol/turns.ts'
import { describeAgent } from './run-turn.ts'

const prefix = /^AGENT_([A-Z0-9](?:[A-Z0-9_]{0,62}[A-Z0-9])?)$/

/** Names that look like an agent's binding and are something else. */
const reserved: ReadonlySet<string> = new Set(['AGENT_CHANNELS'])

/** How long a description is believed, in ms: agents are deployed more often than circles wake. */
const freshMs = 300_000

type Entry = { binding: AgentBinding; about: AgentDescription; askedAt: number | null }

/** The agents bound here: `AGENT_NIGHT_OWL` is `night-owl`. */
export class AgentRegistry {
  /** Who can be asked. */
  readonly ids: ReadonlySet<string>
  readonly #entries: ReadonlyMap<string, Entry>

  constructor(env: object) {
    this.#entries = new Map(
      Object.entries(env).flatMap(([name, value]: [string, unknown]) => {
        const id = idOf(name)
        return id === null || !isBinding(value)
          ? []
          : [[id, { binding: value, about: unknownAgent(id), askedAt: null }] as const]
      }),
    )
    this.ids = new Set(this.#entries.keys())
  }

  binding(id: string): AgentBinding | null {
    return this.#entries.get(id)?.binding ?? null
  }

  /** What is known of an agent by now, also of one that is not bound: at least its name, from its id. */
  about(id: string): AgentDescription {
    return this.#entries.get(id)?.about ?? unknownAgent(id)
  }

  /** Asks every agent whose description is not fresh who it is; null: all are. One that fails or hangs keeps what was known. */
  refresh(now: number): Promise<unknown> | null {
    const stale = [...this.#entries].filter(([, { askedAt }]) => askedAt === null || now - askedAt >= freshMs)
    return stale.length === 0 ? null : Promise.all(stale.map(([id, entry]) => ask(id, entry, now)))
  }
}

async function ask(id: string, entry: Entry, now: number): Promise<void> {
  entry.askedAt = now
  const said = agentDescription.safeParse(await describeAgent(entry.binding))
  if (said.success) entry.about = inOurWords(id, said.data)
}

function idOf(name: string): string | null {
  const [, id] = prefix.exec(name) ?? []
  return id === undefined || reserved.has(name) ? null : id.toLowerCase().replaceAll('_', '-')
}

/** Settings such as AGENT_MODEL are texts; a service binding is an object that has every method one asks it for. */
function isBinding(value: unknown): value is AgentBinding {
  return typeof value === 'object' && value !== null && 'turn' in value && typeof value.turn === 'function'
}

/** An agent chooses its name and description; its id is how it is bound. */
function inOurWords(id: string, said: AgentDescription): AgentDescription {
  return {
    id,
    name: cleanName(said.name) ?? unknownAgent(id).name,
    description: cleanText(said.description) ?? '',
  }
}

/** `night-owl` is called Night Owl until it says otherwise. */
function unknownAgent(id: string): AgentDescription {
  const words = id.split('-').filter(word => word !== '')
  return { id, name: words.map(word => word.charAt(0).toUpperCase() + word.slice(1)).join(' '), description: '' }
}
