import { makeLonger } from '../../support/long-form.ts'

makeLonger({ CIRCLES_RUNS: 3_000 })
await import('./schedules.test.ts')
