import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { full, quick, type Scale } from './scenarios/profiles.ts'
import { scenarios } from './scenarios/scenarios.ts'
import { contestants, usual } from './subjects/subjects.ts'

export type Options = {
  only: readonly string[]
  scenarios: readonly string[]
  rounds: number
  baseline: string
  results: string // a folder
  scale: Scale
}

export const help = `npm run bench -- [options]

  --only circles,minimal+sql   who takes part; a name that ends in * stands for all that begin so
  --scenario fanout,rooms   what is measured; all of it, if not given
  --receivers 100,1000      sizes of the fan-out, instead of 100, 1,000 and 4,500
  --bursts 16,64,256        messages in flight, beside one at a time; 16 if not given
  --connections 1000,5000   sizes of the scenario \`connect\`, instead of 1,000, 5,000 and 9,000
  --senders 16              so many speak in turn, instead of one
  --rounds 5                every round plays everybody once, every second one backwards; 3 if not given
  --seconds 3               of each measurement; 2 if not given
  --events 1000000          in the long log of the scenario \`history\`
  --minutes 5               of the scenario \`soak\`; half a minute if not given
  --baseline minimal+sql       whom the others are compared with, within a round
  --results folder          where the figures go, instead of bench/results
  --quick                   one short round of small sizes: does everything work?

contestants: ${contestants.map(({ name }) => name).join(', ')}
scenarios: ${[...scenarios.keys()].join(', ')}`

/** Reads the command line; null: somebody asked for help. */
export function readOptions(args: string[]): Options | null {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean', default: false } as const
  const { values } = parseArgs({
    args,
    options: {
      only: { ...text, default: usual.join(',') },
      scenario: { ...text, default: [...scenarios.keys()].join(',') },
      receivers: text,
      bursts: text,
      connections: text,
      senders: text,
      rounds: text,
      seconds: text,
      events: text,
      minutes: text,
      baseline: { ...text, default: 'minimal+sql' },
      results: { ...text, default: join(import.meta.dirname, 'results') },
      quick: flag,
      help: flag,
    },
  })
  if (values.help) return null
  const scale = values.quick ? quick : full
  const receivers = values.receivers?.split(',').map(Number) ?? scale.receivers
  return {
    only: contestants.map(({ name }) => name).filter(name => isNamed(name, values.only)),
    scenarios: values.scenario.split(',').map(known),
    rounds: number(values.rounds, values.quick ? 1 : 3),
    baseline: values.baseline,
    results: values.results,
    scale: {
      ...scale,
      seconds: number(values.seconds, scale.seconds),
      receivers,
      connections: values.connections?.split(',').map(Number) ?? scale.connections,
      bursts: values.bursts?.split(',').map(Number) ?? scale.bursts,
      senders: number(values.senders, scale.senders),
      streamed: receivers.filter(count => count <= 1_000),
      events: number(values.events, scale.events),
      minutes: number(values.minutes, scale.minutes),
    },
  }
}

const number = (given: string | undefined, otherwise: number) => (given === undefined ? otherwise : Number(given))

function isNamed(name: string, list: string): boolean {
  return list.split(',').some(one => (one.endsWith('*') ? name.startsWith(one.slice(0, -1)) : name === one))
}

function known(name: string): string {
  if (!scenarios.has(name))
    throw new Error(`no scenario is called ${name}; there are ${[...scenarios.keys()].join(', ')}`)
  return name
}
