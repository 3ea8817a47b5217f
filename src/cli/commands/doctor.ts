import { z } from 'zod'
import type { Channel } from '../../client/client.ts'
import { type ApiTarget, apiGet, connectTo, readBase, readChannel } from '../api-client.ts'
import { CliError, type Exit, exitCodes } from '../exit-codes.ts'
import { connected } from '../tail-log.ts'
import type { Terminal } from '../terminal.ts'
import { costOf, costText, wakefulText } from './doctor-cost.ts'

export type DoctorOptions = { channel: string; json?: boolean; timeout: number }

type Finding = { check: string; ok: boolean; detail: string }

const health = z.object({ version: z.string() })

const rounds = 5
const largestSkewMs = 5_000 // a token may seem to come from the future by so much, and no more

/** Looks at everything that must be right between here and a server; throws for the first thing that is not. */
export async function examine(
  options: DoctorOptions,
  { server, terminal }: { server: ApiTarget; terminal: Terminal },
): Promise<void> {
  const { kind, name } = readChannel(options.channel)
  const findings: Finding[] = []
  const note = (check: string, detail: string, ok = true) => {
    findings.push({ check, ok, detail })
    if (!options.json)
      terminal.out(`${ok ? terminal.paint('green', '✓') : terminal.paint('red', '✗')} ${check}: ${detail}`)
  }
  const circles = connectTo(server)
  const channel = circles[kind](name)
  let trouble: CliError | null = null
  try {
    note('reachable', await reach(server))
    await apiGet({ url: server.url }, 'readyz') // its refusal says what is not set up
    const clock = clockOf(channel)
    await connected(server, channel, options.timeout * 1000)
    const { self: me } = channel.state
    note('authenticated', `${me?.name} (${me?.id}) is ${me?.role} in ${channel.name}`)
    const skew = await clock
    if (Math.abs(skew) > largestSkewMs) trouble = new CliError('refused', 'The clocks differ too much for tokens.')
    note('clock', skewText(skew), trouble === null)
    note('round trip', `${await roundTrip(channel)} ms through the channel and back (median of ${rounds})`)
    const cost = await costOf(server, { kind, name })
    note('cost', costText(cost))
    for (const wakeful of cost?.wakeful ?? []) note('kept awake', wakefulText(wakeful), false)
  } catch (error) {
    if (!(error instanceof CliError)) throw error
    trouble = error
    note(checkOf(error.exit), error.message, false)
  } finally {
    circles.disconnect()
  }
  if (options.json)
    terminal.out(JSON.stringify({ ok: trouble === null, exit: exitCodes[trouble?.exit ?? 'ok'], findings }))
  if (trouble !== null) throw trouble
}

async function reach(server: ApiTarget): Promise<string> {
  const start = performance.now()
  const response = await apiGet({ url: server.url }, 'healthz')
  const ms = Math.round(performance.now() - start)
  const { data } = health.safeParse(await response.json())
  return `${readBase(server)} answers in ${ms} ms, version ${data?.version ?? 'unknown'}`
}

/** How far the server's clock is ahead of ours (ms), by the time on its welcome. */
function clockOf(channel: Channel): Promise<number> {
  return new Promise(resolve => {
    const off = channel.on('welcome', ({ timestamp }) => {
      off()
      resolve(timestamp === undefined ? 0 : Date.parse(timestamp) - Date.now())
    })
  })
}

function skewText(ms: number): string {
  const seconds = Math.abs(ms / 1000).toFixed(1)
  return Math.abs(ms) < 1_000 ? 'agrees with ours' : `${seconds} s ${ms > 0 ? 'ahead of' : 'behind'} ours`
}

async function roundTrip(channel: Channel): Promise<number> {
  const times: number[] = []
  for (let round = 0; round < rounds; round++) {
    const start = performance.now()
    await channel.history({ limit: 1 })
    times.push(performance.now() - start)
  }
  return Math.round(times.sort((one, other) => one - other)[Math.floor(rounds / 2)] ?? 0)
}

function checkOf(exit: Exit): string {
  return exit === 'unreachable'
    ? 'reachable'
    : exit === 'unauthenticated' || exit === 'forbidden'
      ? 'authenticated'
      : exit
}
