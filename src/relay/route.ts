import type { Env } from '../env.ts'
import type { ChannelAddress } from '../protocol/channels/channels.ts'
import { planHeader } from '../rooms/object/relay-sessions.ts'
import { channelStub, relayStub } from '../stubs.ts'
import { type Plan, readPlan, regionOf, relayName } from './plan.ts'
import { type RelaySettings, readRelays, relaysProblem } from './settings.ts'

const planMs = 10_000 // a plan is used so long; an older one is harmless, since every relay's name works
const mostPlans = 1_000
const attempts = 3 // at relays, before a socket goes to the circle itself

type Known = Plan & { until: number }
const plans = new Map<string, Known>() // of this isolate, by circle

/** Where a socket comes from, and when. */
type From = { continent: string | undefined; now: number; random: () => number }

/**
 * Sends an upgrade to a relay of its circle, or to the circle itself: it has no relays, or none that can be reached. The
 * headers say who the caller is; the plan is the circle's.
 */
export async function routeSocket(
  env: Env,
  address: ChannelAddress,
  headers: HeadersInit,
  from: From,
): Promise<Response> {
  const request = (more: HeadersInit = {}) => new Request('https://channel/', { headers: { ...headers, ...more } })
  const direct = (more?: HeadersInit) => channelStub(env, address).fetch(request(more))
  const problem = relaysProblem(env.RELAYS)
  if (problem !== null) return unconfigured(problem)
  const settings = readRelays(env.RELAYS)
  if (settings === null || env.CIRCLE_RELAYS === undefined || address.kind !== 'circle') return direct()
  const key = address.name
  const known = planOf(settings, key, from.now)
  if (known === null || !known.on) {
    const response = await direct({ [planHeader]: 'may' })
    const plan = remember(key, response, from.now)
    if (response.status !== 421) return response
    return plan === null ? direct() : ((await throughRelay(env, key, { plan, request, from })) ?? direct())
  }
  return (await throughRelay(env, key, { plan: known, request, from })) ?? direct()
}

/** Tries relays, each of another number; null: none takes the socket. */
async function throughRelay(
  env: Env,
  circle: string,
  { plan, request, from }: { plan: Plan; request: () => Request; from: From },
): Promise<Response | null> {
  const region = regionOf(from.continent)
  const first = Math.floor(from.random() * plan.shards)
  for (let attempt = 0; attempt < attempts; attempt++) {
    const shard = attempt === 0 ? first : plan.shards - 1 + attempt // it was full: one more than planned
    const stub = relayStub(env, relayName(circle, region, shard), region)
    const response = await stub?.fetch(request()).catch(() => null)
    if (response && response.status !== 421) {
      remember(circle, response, from.now)
      return response
    }
    if (response?.headers.get(planHeader) === 'away') return null // it is the circle that cannot be reached
  }
  return null
}

function planOf({ from }: RelaySettings, circle: string, now: number): Plan | null {
  const known = plans.get(circle)
  if (known !== undefined && now < known.until) return known
  return from === 0 ? { on: true, shards: known?.shards || 1 } : null
}

function remember(circle: string, { headers }: Response, now: number): Plan | null {
  const plan = readPlan(headers.get(planHeader))
  if (plan === null) return null
  plans.delete(circle)
  if (plans.size >= mostPlans) plans.delete(plans.keys().next().value ?? '')
  plans.set(circle, { ...plan, until: now + planMs })
  return plan
}

function unconfigured(message: string): Response {
  return Response.json(
    { error: { code: 'unavailable', message } },
    { status: 503, headers: { 'cache-control': 'no-store' } },
  )
}
