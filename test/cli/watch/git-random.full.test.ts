import { makeLonger } from '../../support/long-form.ts'

makeLonger({ CIRCLES_RUNS: 150 })
await import('./git-random.test.ts')
