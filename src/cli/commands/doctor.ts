import * as z from 'zod/v4'
import type { Channel } from '../../client/client.ts'
import type { ChannelAddress } from '../../protocol/channels/channels.ts'
import { formatDollars } from '../../protocol/cost/format.ts'
import { type Cost, cost } from '../../protocol/cost/schema.ts'
import { pluralOf } from '../../protocol/plural.ts'
import { deploymentStats } from '../../protocol/stats.ts'
import { type ApiTarget, apiRequest, clientFor, readBase, readChannel, readJson } from '../api-client.ts'
import type { CommandContext } from '../command-context.ts'
import { CliError, type Exit, exitCodes } from '../exit-codes.ts'
import { orAborted } from '../interrupt.ts'
import { connectChannel } from '../tail-log.ts'
import { paint } from '../terminal.ts'

/** The options of `circles-rooms doctor`. */
type DoctorOptions = { channel: string; json?: boolean; timeout: number } // timeout in seconds

type Finding = { check: string; ok: boolean; detail: string }

const health = z.object({ version: z.string() })

const rounds = 5
const maxSkewMs = 5_000 // a token may be issued in the future by so much

/** Checks everything between here and a channel. Throws the first problem, after printing it as a finding. */
export async function runDoctor(options: DoctorOptions, context: CommandContext): Promise<void> {
  const { terminal, signal } = context
  const findings: Finding[] = []
  const report = (check: string, detail: string, ok = true) => {
    findings.push({ check, ok, detail })
    if (!options.json) terminal.out([ok ? paint('green', '✓') : paint('red', '✗'), ` ${check}: ${detail}`])
  }
  const problem = await orAborted(findProblem(options, context, report), signal)
  if (options.json) terminal.json({ ok: problem === null, exit: exitCodes[problem?.exit ?? 'ok'], findings })
  if (problem !== null) throw problem
}

type Report = (check: string, detail: string, ok?: boolean) => void

async function findProblem(
  { channel: text, timeout }: DoctorOptions,
  context: CommandContext,
  report: Report,
): Promise<CliError | null> {
  const { server, tables } = context
  const address = readChannel(text, tables.kinds)
  const client = clientFor(server)
  const channel = client[address.kind](address.name)
  try {
    report('reachable', await checkHealth(server))
    await apiRequest({ url: server.url }, 'readyz') // its error says what is not configured
    const greeting = readGreeting(channel)
    await connectChannel(context, channel, timeout * 1000)
    const { self } = channel.state
    report('authenticated', `${self?.name} (${self?.id}) is ${self?.role} in ${channel.name}`)
    const { skewMs, relay } = await greeting
    const isSkewed = Math.abs(skewMs) > maxSkewMs
    report('clock', skewText(skewMs), !isSkewed)
    report('round trip', `${await roundTripMs(channel)} ms through the channel and back (median of ${rounds})`)
    if (relay !== undefined) await reportRelays(server, address, { relay, report })
    await reportCost(server, address, report)
    return isSkewed ? new CliError('refused', 'The clocks differ too much for tokens to be valid.') : null
  } catch (error) {
    if (!(error instanceof CliError)) throw error
    report(checkOf(error.exit), error.message, false)
    return error
  } finally {
    client.disconnect()
  }
}

async function checkHealth(server: ApiTarget): Promise<string> {
  const start = performance.now()
  const response = await apiRequest({ url: server.url }, 'healthz')
  const ms = Math.round(performance.now() - start)
  const { version } = await readJson(response, health)
  return `${readBase(server)} answers in ${ms} ms, version ${version}`
}

/** What the welcome says: how far the server's clock is ahead of this one (ms), and the relay at which the socket stands. */
function readGreeting(channel: Channel): Promise<{ skewMs: number; relay: string | undefined }> {
  return new Promise(resolve => {
    const off = channel.on('welcome', ({ timestamp, data: { relay } }) => {
      off()
      resolve({ skewMs: timestamp === undefined ? 0 : Date.parse(timestamp) - Date.now(), relay })
    })
  })
}

/** The relay of this socket, and, for owners of the deployment, all relays of the circle. */
async function reportRelays(
  server: ApiTarget,
  { name, kind }: ChannelAddress,
  { relay, report }: { relay: string; report: Report },
): Promise<void> {
  report('relay', `this socket stands at ${relay}`)
  const stats = await readForOwner(server, 'api/stats', deploymentStats)
  const relays = stats?.top.find(({ channel }) => channel === `${kind}:${name}`)?.relays ?? []
  for (const { name, sessions, cut_since } of relays) {
    const state = cut_since === null ? 'connected' : `cut off from the circle since ${cut_since.slice(0, 19)}Z`
    report('relay', `${name}: ${sessions} ${sessions === 1 ? 'socket' : 'sockets'}, ${state}`, cut_since === null)
  }
}

function skewText(ms: number): string {
  const seconds = Math.abs(ms / 1000).toFixed(1)
  return Math.abs(ms) < 1_000 ? 'agrees with ours' : `${seconds} s ${ms > 0 ? 'ahead of' : 'behind'} ours`
}

async function roundTripMs(channel: Channel): Promise<number> {
  const times: number[] = []
  for (let round = 0; round < rounds; round++) {
    const start = performance.now()
    await channel.history({ limit: 1 })
    times.push(performance.now() - start)
  }
  return Math.round(times.sort((one, other) => one - other)[Math.floor(rounds / 2)] ?? 0)
}

async function reportCost(server: ApiTarget, address: ChannelAddress, report: Report): Promise<void> {
  const cost = await fetchCost(server, address)
  report('cost', costText(cost))
  for (const { detail, dollars_a_month } of cost?.wakeful ?? [])
    report('kept awake', `${detail}; ${formatDollars(dollars_a_month)} a month if it goes on`, false)
}

/** The cost of a channel, or null: only its owner may see it. */
function fetchCost(server: ApiTarget, { kind, name }: ChannelAddress): Promise<Cost | null> {
  return readForOwner(server, `api/${pluralOf(kind)}/${name}/cost`, cost)
}

/** What only an owner may see; null for others. */
async function readForOwner<Value>(server: ApiTarget, path: string, schema: z.ZodType<Value>): Promise<Value | null> {
  try {
    return await readJson(await apiRequest(server, path), schema)
  } catch (error) {
    if (error instanceof CliError && error.exit === 'forbidden') return null
    throw error
  }
}

function costText(cost: Cost | null): string {
  if (cost === null) return 'only the owner may see it'
  const since = `counted since ${cost.since.slice(0, 16)}Z`
  if (cost.extrapolated === null) return `too early to estimate a month, ${since}`
  const { bill } = cost.extrapolated
  const parts = [
    `requests ${formatDollars(bill.requests.dollars)}`,
    `time awake ${formatDollars(bill.duration.dollars)}`,
    `rows written ${formatDollars(bill.rows_written.dollars)}`,
    `rows read ${formatDollars(bill.rows_read.dollars)}`,
    `storage ${formatDollars(bill.storage.dollars)}`,
  ]
  const beyond = `${formatDollars(bill.beyond_included)} beyond what the plan includes`
  return `${formatDollars(bill.total)} a month at this rate (${parts.join(', ')}), ${beyond}; ${since}, prices of ${cost.prices_as_of}`
}

/** The check that a failure belongs to. */
function checkOf(exit: Exit): string {
  if (exit === 'unreachable') return 'reachable'
  return exit === 'unauthenticated' || exit === 'forbidden' ? 'authenticated' : exit
}
