import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { fullProfile, type LoadProfile, quickProfile } from './scenarios/profiles.ts'
import { scenarios } from './scenarios/scenarios.ts'
import { defaultSubjects, subjects } from './subjects/subjects.ts'

/** The parsed command line of a benchmark run. */
export type Options = {
  only: readonly string[]
  scenarios: readonly string[]
  rounds: number
  baseline: string
  results: string // a folder
  profile: LoadProfile
}

/** The text of `--help`. */
export const help = `npm run bench -- [options]

  --only circles,minimal+sql  subjects to run; a name that ends in * selects all that start with it
  --scenario fanout,rooms     scenarios to run; default: all
  --receivers 100,1000        sizes of \`fanout\` and \`stream\`; default: 100, 1,000 and (fanout only) 4,500
  --bursts 16,64,256          messages in flight in \`fanout\`, besides one at a time; default: 16
  --connections 1000,5000     sizes of \`connect\`; default: 1,000, 5,000 and 9,000
  --senders 16                members of \`fanout\` that send in turn; default: 1
  --rounds 5                  each round runs every subject once, every second round in reverse order; default: 3
  --seconds 3                 length of a measurement; default: 2
  --events 1000000            length of the long log in \`history\`; default: 1,000,000
  --minutes 5                 length of \`soak\`; default: 0.5
  --baseline minimal+sql      the subject that the others are compared with, within a round
  --results folder            where to write the results; default: bench/results
  --quick                     one short round of small sizes, to see that everything works
  --help                      this text

subjects: ${subjects.map(({ name }) => name).join(', ')}
scenarios: ${[...scenarios.keys()].join(', ')}`

/** Parses the command line; null if it asks for help. */
export function readOptions(args: string[]): Options | null {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean', default: false } as const
  const { values } = parseArgs({
    args,
    options: {
      only: { ...text, default: defaultSubjects.join(',') },
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
  const base = values.quick ? quickProfile : fullProfile
  const receivers = numbers(values.receivers, base.receivers)
  return {
    only: subjects.map(({ name }) => name).filter(name => isSelected(name, values.only)),
    scenarios: values.scenario.split(',').map(knownScenario),
    rounds: number(values.rounds, values.quick ? 1 : 3),
    baseline: values.baseline,
    results: values.results,
    profile: {
      ...base,
      seconds: number(values.seconds, base.seconds),
      receivers,
      connections: numbers(values.connections, base.connections),
      bursts: numbers(values.bursts, base.bursts),
      senders: number(values.senders, base.senders),
      streamReceivers: receivers.filter(count => count <= 1_000),
      logEvents: number(values.events, base.logEvents),
      soakMinutes: number(values.minutes, base.soakMinutes),
    },
  }
}

const number = (text: string | undefined, fallback: number) => (text === undefined ? fallback : Number(text))
const numbers = (text: string | undefined, fallback: readonly number[]) => text?.split(',').map(Number) ?? fallback

function isSelected(name: string, list: string): boolean {
  return list.split(',').some(one => (one.endsWith('*') ? name.startsWith(one.slice(0, -1)) : name === one))
}

function knownScenario(name: string): string {
  if (!scenarios.has(name))
    throw new Error(`no scenario is called ${name}; the scenarios are ${[...scenarios.keys()].join(', ')}`)
  return name
}
