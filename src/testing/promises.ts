import type { SomeProtocol } from '../protocol/define-protocol.ts'
import { definitionOf } from '../server/define-circle.ts'
import { randomChoices } from './random.ts'
import { type BrokenPromise, type CommandSamples, Schedule } from './schedule.ts'
import { type DefinedCircle, type TestCircle, type TestCircleOptions, testCircle } from './test-circle.ts'

/** How the promises are checked. */
export type PromiseOptions<Protocol extends SomeProtocol> = Omit<TestCircleOptions, 'env'> & {
  /** Data for the commands that are to be sent, beside messages. */
  commands?: CommandSamples<Protocol>
  /** Makes the bindings for the circle of each schedule. */
  env?: () => object
  /** A promise of your own, at the end of each schedule: throws if it is broken. */
  check?: (circle: TestCircle<Protocol>) => void | Promise<void>
  /** How many schedules; 20 if absent. */
  schedules?: number
  /** How many steps each has; 60 if absent. */
  steps?: number
  /** Runs the schedule of this seed only: one that failed. */
  seed?: number
}

/**
 * Runs a class of circles through random schedules of messages, commands, repeats, lost sockets, sleeps and crashes, and
 * checks what Circles promises: one order without gaps, exact resumes, everything once, and nothing without the right to it.
 * Rejects with the seed of the schedule that broke a promise.
 */
export async function checkPromises<Protocol extends SomeProtocol>(
  circleClass: DefinedCircle<Protocol>,
  { schedules = 20, seed, ...options }: PromiseOptions<Protocol> = {},
): Promise<void> {
  const seeds = seed === undefined ? Array.from({ length: schedules }, (_, index) => index + 1) : [seed]
  for (const each of seeds) await checkSchedule(circleClass, each, options)
}

async function checkSchedule<Protocol extends SomeProtocol>(
  circleClass: DefinedCircle<Protocol>,
  seed: number,
  { commands = {}, env, check, steps = 60, ...options }: PromiseOptions<Protocol>,
): Promise<void> {
  const circle = testCircle(circleClass, { ...options, ...(env !== undefined && { env: env() }) })
  const { protocol, definition } = definitionOf(circleClass)
  const about = { protocol, samples: commands, rewrites: definition.beforeMessage !== undefined }
  const schedule = new Schedule(circle as unknown as TestCircle<SomeProtocol>, randomChoices(seed), about)
  const broken = await schedule.run(steps)
  if (broken.length > 0) throw new Error(`${describe(broken)}\n${again(seed)}`)
  try {
    await check?.(circle)
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : error}\n${again(seed)}`, { cause: error })
  }
}

function describe(broken: readonly BrokenPromise[]): string {
  return broken
    .slice(0, 10)
    .map(({ rule, what }) => `${rule}: ${what}`)
    .join('\n')
}

function again(seed: number): string {
  return `This was the schedule of seed ${seed}: checkPromises(…, { seed: ${seed} }) runs it again.`
}
