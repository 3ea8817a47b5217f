import { makeLonger } from '../support/long-form.ts'

makeLonger({ CIRCLES_RUNS: 1_000 })
await import('./schedules.test.ts')
