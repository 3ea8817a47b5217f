import type { Env } from '../env.ts'

/** Bindings that are found among a Worker's own exports, by the names of their classes, if they are not bound. */
const classes = {
  REGISTER: 'CircleDirectory',
  PASSES: 'TokenRegistry',
  STATS: 'Statistics',
  INBOXES: 'Inbox',
  CONNECTED_AGENTS: 'ConnectedAgent',
  CIRCLE_RELAYS: 'CircleRelay',
} as const

const resolved = new WeakMap<object, Map<string, Env>>() // by the binding of circles: settings are read once for each

/**
 * The environment as Circles uses it: the Worker's own, with what it exports beside that. `circle`: the name of the binding
 * of circles.
 */
export function resolveEnv(env: object, exports: object, circle = 'CIRCLES'): Env {
  const ofEnv = resolved.get(env) ?? new Map<string, Env>()
  const known = ofEnv.get(circle)
  if (known !== undefined) return known
  const bindings = new Map<string, unknown>(Object.entries(env))
  const exported = new Map<string, unknown>(Object.entries(exports))
  const found = Object.entries(classes).map(([name, className]) => [
    name,
    bindings.get(name) ?? exported.get(className),
  ])
  const all = Object.fromEntries(found.filter(([, binding]) => binding !== undefined))
  const scope = circle !== 'CIRCLES' && { TICKET_SCOPE: circle } // a ticket is for circles of one binding
  const result = { ...env, ...all, ...scope, CIRCLES: bindings.get(circle) } as unknown as Env
  if (exported.size > 0) resolved.set(env, ofEnv.set(circle, result)) // else it is not complete
  return result
}

/** What is missing in an environment, with the lines that add it; null: nothing. */
export function missingIn(env: Env, circle = 'CIRCLES'): string | null {
  const { CIRCLES, REGISTER, PASSES } = env as Partial<Env>
  if (CIRCLES === undefined) {
    return `Circles needs the binding ${circle}, to the class that extends defineCircle(…). Add to wrangler.toml:

[[durable_objects.bindings]]
name = "${circle}"
class_name = "TeamCircle" # yours

[[migrations]]
tag = "v1"
new_sqlite_classes = ["TeamCircle", "CircleDirectory", "TokenRegistry"]`
  }
  const missing = [REGISTER === undefined ? 'CircleDirectory' : [], PASSES === undefined ? 'TokenRegistry' : []].flat()
  if (missing.length === 0) return null
  return `Circles needs the Durable Objects ${missing.join(' and ')}. Add to the Worker's main module:

export { ${missing.join(', ')} } from 'circles-rooms/server'

and to new_sqlite_classes in a migration of wrangler.toml: ${missing.map(name => `"${name}"`).join(', ')}.`
}
