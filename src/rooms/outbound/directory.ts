import { first } from '../../lib/sql.ts'
import type { DirectoryEntry } from '../../rpc/directory.ts'
import type { Changed, Component } from '../component.ts'
import type { RoomContext } from '../context.ts'
import type { SettingsValue } from '../members/settings.ts'
import { nothing, type Outcome } from '../outcome.ts'
import type { ComponentDefinition } from '../tables.ts'

/** The directory of circles, for one channel. */
type DirectoryPorts = {
  put(entry: DirectoryEntry): Promise<void> // resolves when the entry is stored
  remove(): Promise<void> // this channel's entry, if there is one
}

/** Keeps the directory's entry of a circle up to date. Direct chats are in no directory. */
export class DirectoryUpdates implements Component {
  readonly #context: Pick<RoomContext, 'sql' | 'settings'>
  readonly #name: string | null // null: this channel is not listed
  readonly #ports: DirectoryPorts
  readonly #changed: Changed
  #sent: SettingsValue | null = null // by this instance
  #settled: Promise<void> = Promise.resolve()

  constructor({ sql, settings, kind, name }: RoomContext, ports: DirectoryPorts, changed: Changed) {
    this.#context = { sql, settings }
    this.#name = kind.isListed(name) ? name : null
    this.#ports = ports
    this.#changed = changed
  }

  /** Resolves when the directory has stored the last entry it was sent, or could not be reached. */
  get settled(): Promise<void> {
    return this.#settled
  }

  onConfigure(): void {
    this.#changed()
  }

  afterRun(): Outcome {
    const entry = this.#pending()
    if (entry !== null) {
      this.#settled = this.#ports.put(entry).then(
        () => this.#confirm(entry),
        () => {
          this.#sent = null // the directory could not be reached: sent again after the next run
          this.#changed()
        },
      )
    }
    return nothing
  }

  onDelete(): void {
    this.#settled = this.#ports.remove()
  }

  /** The entry to send; null: the directory has it, or it is being sent. */
  #pending(): DirectoryEntry | null {
    const { sql, settings } = this.#context
    const { value } = settings
    if (this.#name === null || this.#sent === value) return null
    this.#sent = value
    const { title, status, visibility, default_agent } = value
    const { creator, region } = settings
    const own = { name: this.#name, title, status, visibility, default_agent, creator }
    const entry = region === null ? own : { ...own, region } // others are as they were sent before
    const known = first<{ value: string }>(sql, `SELECT value FROM settings WHERE key = 'listed'`)
    return known?.value === JSON.stringify(entry) ? null : entry
  }

  #confirm(entry: DirectoryEntry): void {
    this.#context.sql.all(
      `INSERT INTO settings (key, value) VALUES ('listed', ?1) ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
      JSON.stringify(entry),
    )
  }
}

/** Lists a circle in the directory. */
export function directory(ports: DirectoryPorts): ComponentDefinition {
  return { name: 'directory', create: (context, changed) => new DirectoryUpdates(context, ports, changed) }
}
