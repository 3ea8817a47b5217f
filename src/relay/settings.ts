import * as z from 'zod/v4'

const setting = z.strictObject({
  from: z.int().nonnegative(), // members from which on sockets are sent to relays
  size: z.int().min(1).max(10_000).default(2_000), // sockets of one relay
})

/** When a circle has relays, and how many sockets stand at each. */
export type RelaySettings = z.infer<typeof setting>

type Read = { settings: RelaySettings | null; problem: string | null }

const off: Read = { settings: null, problem: null }
const cache = new Map<string, Read>() // a deployment has one setting

/** Returns the setting `RELAYS` (JSON), or null: it is off, or cannot be read. */
export function readRelays(text: string | undefined): RelaySettings | null {
  return readSetting(text).settings
}

/** Returns what is wrong with the setting `RELAYS`, for the operator, or null. */
export function relaysProblem(text: string | undefined): string | null {
  return readSetting(text).problem
}

function readSetting(text: string | undefined): Read {
  if (!text || text === 'off') return off
  const known = cache.get(text) ?? parseSetting(text)
  cache.set(text, known)
  return known
}

function parseSetting(text: string): Read {
  const parsed = setting.safeParse(parseJson(text))
  if (parsed.success) return { settings: parsed.data, problem: null }
  return { settings: null, problem: 'RELAYS is neither off nor a JSON object like {"from":1000,"size":2000}.' }
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return null // not an object, so the schema refuses it
  }
}
