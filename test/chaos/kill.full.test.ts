import { makeLonger } from '../support/long-form.ts'

makeLonger({ CHAOS_ROUNDS: 120 })
await import('./kill.server.test.ts')
