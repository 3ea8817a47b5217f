import { makeLonger } from '../support/long-form.ts'

makeLonger({ RELAY_ROUNDS: 30, RELAY_AWAY_MS: 30_000 })
await import('./relays.server.test.ts')
