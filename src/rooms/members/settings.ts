import type { Sql } from '../../lib/sql.ts'
import type { ChannelKindDefinition } from '../../protocol/channels/channel-kinds.ts'
import type { Region } from '../../protocol/channels/region.ts'
import type { Configuration, Rule } from '../../protocol/commands/commands.ts'
import type { CircleInfo } from '../../protocol/frames.ts'

/** The settings that an owner can change, with every key present. */
export type SettingsValue = Omit<CircleInfo, 'writers'> & {
  writers: NonNullable<CircleInfo['writers']>
  rules: Rule[]
  prompt: string
  bots: string[] // user ids
  retention: NonNullable<Configuration['retention']>
  links: string[] // channels of the other kind
}

/** The durable values of a channel beside its log: its epoch, its creator and its settings. */
export class Settings {
  readonly #sql: Sql
  readonly epoch: string
  /** The settings; replaced, never mutated. A field, since every message reads it. */
  value: Readonly<SettingsValue>
  #creator: string | null
  #region: Region | null

  constructor(sql: Sql, kind: ChannelKindDefinition, name: string, newId: () => string) {
    this.#sql = sql
    const stored = new Map(
      sql.all<{ key: string; value: string }>(`SELECT key, value FROM settings`).map(row => [row.key, row.value]),
    )
    this.epoch = stored.get('epoch') ?? this.#store('epoch', newId())
    this.#creator = stored.get('creator') ?? null
    this.#region = (stored.get('region') as Region | undefined) ?? null
    this.value = {
      status: 'active',
      writers: 'members',
      ...kind.defaults(name),
      rules: [],
      prompt: '',
      bots: [],
      retention: kind.retention,
      links: [],
      ...withWriters(JSON.parse(stored.get('configuration') ?? '{}')),
    }
  }

  /** The user who created this channel (id); null: it was created by a connection. */
  get creator(): string | null {
    return this.#creator
  }

  /** The region that was asked for when this channel was created, or null. */
  get region(): Region | null {
    return this.#region
  }

  /** Stores the user who created this channel, and the region they asked for. */
  claim(user: string, region?: Region): void {
    this.#creator = this.#store('creator', user)
    if (region !== undefined) this.placeIn(region)
    this.value = { ...this.value } // something about the channel is new
  }

  /** Stores the region that was asked for when this channel came into being. */
  placeIn(region: Region): void {
    this.#region = this.#store('region', region)
    this.value = { ...this.value }
  }

  /** The channel's own agents: its default and those its rules name. */
  agents(): Set<string> {
    const { default_agent, rules } = this.value
    return new Set([...(default_agent === null ? [] : [default_agent]), ...rules.map(rule => rule.agent)])
  }

  /** Applies a configuration; false if it changes nothing. */
  change(configuration: Configuration): boolean {
    const next = { ...this.value, ...(configuration as Partial<SettingsValue>) }
    if (JSON.stringify(next) === JSON.stringify(this.value)) return false
    this.value = next
    this.#store('configuration', JSON.stringify(next))
    return true
  }

  #store<Value extends string>(key: string, value: Value): Value {
    this.#sql.all(
      `INSERT INTO settings (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
      key,
      value,
    )
    return value
  }
}

/**
 * Stored settings with `writers`. In settings from before there was that key, `paused` meant that only moderators write,
 * while agents reply to them; who was kept from writing then must not be able to now.
 */
function withWriters(stored: Partial<SettingsValue>): Partial<SettingsValue> {
  const isOld = stored.status === 'paused' && stored.writers === undefined
  return isOld ? { ...stored, status: 'active', writers: 'moderators' } : stored
}
