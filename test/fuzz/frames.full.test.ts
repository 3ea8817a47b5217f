import { makeLonger } from '../support/long-form.ts'

makeLonger({ FUZZ_FRAMES: 200_000, FUZZ_SEED: 20_261_129 })
await import('./frames.server.test.ts')
