import { makeLonger } from '../support/long-form.ts'

makeLonger({ DOCUMENT_RUNS: 1_000 })
await import('./document-schedule.test.ts')
