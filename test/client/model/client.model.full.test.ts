import { makeLonger } from '../../support/long-form.ts'

makeLonger({ CLIENT_MODEL_RUNS: 5_000, CLIENT_MODEL_SEED: 14 })
await import('./client.model.test.ts')
