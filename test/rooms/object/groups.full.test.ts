import { makeLonger } from '../../support/long-form.ts'

makeLonger({ CIRCLES_RUNS: 600 })
await import('./groups.test.ts')
