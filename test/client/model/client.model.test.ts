import fc from 'fast-check'
import { test } from 'vitest'
import { steps } from './commands.ts'
import { Scenario } from './scenario.ts'

// CLIENT_MODEL_RUNS=10000 npx vitest run --project node test/client/model runs more schedules than `npm run test:full`;
// CLIENT_MODEL_SEED=<n> starts from another seed.
const numRuns = Number(process.env.CLIENT_MODEL_RUNS ?? 40)
const seed = Number(process.env.CLIENT_MODEL_SEED ?? 13)

test(`whatever happens to tabs, network and clock, the client keeps its promises (${numRuns} schedules, seed ${seed})`, async () => {
  await fc.assert(
    fc.asyncProperty(fc.commands(steps, { maxCommands: 40, size: 'max' }), async commands => {
      const scenario = new Scenario()
      scenario.openTab()
      await fc.asyncModelRun(() => ({ model: {}, real: scenario }), commands)
      await scenario.recover()
      scenario.checkEnd()
      scenario.checkRate()
    }),
    { numRuns, seed, endOnFailure: numRuns > 1_000 },
  )
}, 3_600_000)
