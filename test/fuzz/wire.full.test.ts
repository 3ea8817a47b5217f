import { makeLonger } from '../support/long-form.ts'

makeLonger({ FUZZ_WIRE: 10_000, FUZZ_SEED: 20_261_129 })
await import('./wire.server.test.ts')
