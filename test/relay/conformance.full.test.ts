import { makeLonger } from '../support/long-form.ts'

makeLonger({ RELAY_POLICIES: 2 })
await import('./conformance.server.test.ts')
