import { makeLonger } from '../support/long-form.ts'

makeLonger({ CHOIR_CIRCLES: 50 })
await import('./choir.server.test.ts')
