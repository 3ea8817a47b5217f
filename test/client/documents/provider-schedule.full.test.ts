import { makeLonger } from '../../support/long-form.ts'

makeLonger({ DOCUMENT_RUNS: 300 })
await import('./provider-schedule.test.ts')
