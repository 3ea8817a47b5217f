import { makeLonger } from '../../../support/long-form.ts'

makeLonger({ CIRCLES_MENTIONS: 10_000, CIRCLES_RUNS: 3 })
await import('./kills.test.ts')
