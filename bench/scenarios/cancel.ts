import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ConnectedProgram } from '../load/connected-program.ts'
import { Latencies } from '../load/latencies.ts'
import { startInterval } from '../load/measurement.ts'
import type { ServerTarget } from '../load/target.ts'
import { mint } from '../load/token.ts'
import { TurnClient } from '../load/turn-client.ts'
import { column, type Scenario, type ScenarioContext, type VariantFigures } from './scenario.ts'

const circle = 'cancel'

/** Measures how long a `stop` takes to reach a program that `circles-rooms connect` made an agent. */
export const cancel: Scenario = {
  name: 'cancel',
  title: 'Stopping a connected program',
  description: 'from a `stop` on a socket to `session/cancel` in a program of the Agent Client Protocol',
  sizes: ({ stops }) => [stops],
  columns: [
    column('p50_ms', 'p50 ms', 2, 'less'),
    column('p99_ms', 'p99 ms', 2, 'less'),
    column('max_ms', 'max ms', 2, 'less'),
  ],
  supports: ({ name }) => name === 'circles',
  primaryFigure: () => 'p99_ms',
  async run({ target, usage, size }: ScenarioContext): Promise<VariantFigures[]> {
    const folder = await mkdtemp(join(tmpdir(), 'circles-cancel-'))
    try {
      await makeCircle(target)
      await using program = await ConnectedProgram.start(target, circle, join(folder, 'state.json'))
      const client = new TurnClient(target, circle)
      await client.next('welcome')
      const variants: VariantFigures[] = []
      for (const work of ['wait', 'write']) {
        await stopTurns(client, program, { work, count: 2 })
        const interval = startInterval(usage)
        const latencies = await stopTurns(client, program, { work, count: size })
        const { generator } = interval.end()
        const figures = { ...latencies.summary(), generator, lost: 0, duplicates: 0, out_of_order: 0 }
        variants.push({ variant: work === 'wait' ? 'a program that waits' : 'a program that writes', figures })
      }
      client.close()
      return variants
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
}

async function makeCircle({ port }: ServerTarget): Promise<void> {
  const headers = { authorization: `Bearer ${mint('owner', 'owner')}`, 'content-type': 'application/json' }
  const init = { method: 'POST', headers, body: JSON.stringify({ name: circle }) }
  const { status } = await fetch(`http://127.0.0.1:${port}/api/circles`, init)
  if (status >= 300) throw new Error(`the circle was not made: ${status}`)
}

/** Prompts and stops so many turns, one after the other. */
async function stopTurns(
  client: TurnClient,
  program: ConnectedProgram,
  { work, count }: { work: string; count: number },
): Promise<Latencies> {
  const latencies = new Latencies()
  for (let n = 0; n < count; n++) {
    client.send('message', { content: `@owl ${work}` })
    const { turn } = (await client.next('agent_delta')).data
    const at = performance.timeOrigin + performance.now()
    client.send('stop', { turn })
    const line = await program.line(/^cancelled /)
    latencies.add(Number(line.split(' ')[1]) - at)
    await client.next('agent_message')
  }
  return latencies
}
