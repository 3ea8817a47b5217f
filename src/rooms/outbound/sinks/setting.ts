import * as z from 'zod/v4'
import { matches } from '../../../auth/grants.ts'
import { describeIssue } from '../../../protocol/describe-issue.ts'

const common = {
  channels: z.array(z.string().min(1).toLowerCase()).min(1).default(['circle:*']), // patterns, as in a token's `channels`
  events: z.array(z.string().min(1)).min(1).optional(), // types; absent: all
}
const binding = z.string().regex(/^[A-Za-z_]\w*$/)
const setting = z.array(
  z.union([z.strictObject({ queue: binding, ...common }), z.strictObject({ service: binding, ...common })]),
)

/** A receiver of events that the operator bound to the Worker. */
export type Sink = {
  id: string // `queue:AUDIT`: its position in a log is stored under it
  to: 'queue' | 'service'
  binding: string
  channels: readonly string[] // patterns of `circle:dev-team`
  events: readonly string[] | null // types; null: all
}

type Read = { sinks: readonly Sink[]; problem: string | null }

/**
 * Returns the sinks of the setting `SINKS` (JSON). One that cannot be read gives none: the Worker then refuses every
 * request (`sinksProblem`), and what is due waits.
 */
export function readSinks(text: string | undefined): readonly Sink[] {
  return readSetting(text).sinks
}

/** Returns whether a sink takes the events of a channel, `circle:dev-team`. */
export function takesChannel({ channels }: Sink, channel: string): boolean {
  return channels.some(pattern => matches(pattern, channel))
}

/** Returns what is wrong with the setting `SINKS` or its bindings, for the operator, or null. */
export function sinksProblem(env: { SINKS?: string | undefined }): string | null {
  const { sinks, problem } = readSetting(env.SINKS)
  const unbound = sinks.find(({ binding }) => !(binding in env))
  return (
    problem ?? (unbound === undefined ? null : `SINKS names ${unbound.binding}, which is not bound to this Worker.`)
  )
}

const none: Read = { sinks: [], problem: null }
const cache = new Map<string, Read>() // a deployment has one setting

function readSetting(text: string | undefined): Read {
  if (!text) return none
  const known = cache.get(text) ?? parseSetting(text)
  cache.set(text, known)
  return known
}

function parseSetting(text: string): Read {
  const parsed = setting.safeParse(parseJson(text))
  if (!parsed.success) return { sinks: [], problem: `SINKS is not valid: ${describeIssue(parsed.error, setting)}` }
  const sinks = parsed.data.map(toSink)
  const ids = sinks.map(({ id }) => id)
  const twice = ids.find((id, index) => ids.indexOf(id) !== index)
  return twice === undefined ? { sinks, problem: null } : { sinks: [], problem: `SINKS lists ${twice} twice.` }
}

function toSink({ channels, events, ...target }: z.infer<typeof setting>[number]): Sink {
  const [to, name] = 'queue' in target ? (['queue', target.queue] as const) : (['service', target.service] as const)
  return { id: `${to}:${name}`, to, binding: name, channels, events: events ?? null }
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return null // not a list, so the schema refuses it
  }
}
