import type { DirectoryEntry } from '../../deployment/directory/directory-store.ts'
import { first, type Sql } from '../../lib/sql.ts'
import type { ChannelKindConfig } from '../channel-kinds.ts'
import type { Settings, SettingsValue } from '../members/settings.ts'

/** What the register of circles knows of this one, and what it must still be told. Private chats are nobody's business. */
export class DirectoryEntryState {
  readonly #sql: Sql
  readonly #settings: Settings
  readonly #name: string | null // null: this channel is not listed at all
  #told: SettingsValue | null = null // as this object knows

  constructor({ sql, channel, name }: { sql: Sql; channel: ChannelKindConfig; name: string }, settings: Settings) {
    this.#sql = sql
    this.#settings = settings
    this.#name = channel.kind === 'circle' && !name.startsWith('chat~') ? name : null
  }

  /** What is to be told now; null: the register knows, or is just being told. Costs nothing while nothing changed. */
  take(): DirectoryEntry | null {
    const { value } = this.#settings
    if (this.#name === null || this.#told === value) return null
    this.#told = value
    const listing = this.#listing(this.#name)
    const known = first<{ value: string }>(this.#sql, `SELECT value FROM settings WHERE key = 'listed'`)
    return known?.value === JSON.stringify(listing) ? null : listing
  }

  /** The register knows. */
  confirm(listing: DirectoryEntry): void {
    this.#sql.all(
      `INSERT INTO settings (key, value) VALUES ('listed', ?1) ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
      JSON.stringify(listing),
    )
  }

  /** The register could not be told: it will be at the next occasion. */
  retry(): void {
    this.#told = null
  }

  #listing(name: string): DirectoryEntry {
    const { title, status, visibility, default_agent } = this.#settings.value
    return { name, title, status, visibility, default_agent, creator: this.#settings.creator }
  }
}
