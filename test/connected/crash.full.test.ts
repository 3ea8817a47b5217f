import { test } from 'vitest'
import { crashes, crashesOfBound } from './crash.ts'

test('[T3] [T13] 20 turns under 10 kills of agent and server: one end each', async () => {
  await crashes({ turns: 20, kills: 10 })
})

test('[T3] 20 turns of a bound agent under 10 kills of the server and the agent: one end each', async () => {
  await crashesOfBound({ turns: 20, kills: 10 })
})
