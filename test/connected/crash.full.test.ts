import { test } from 'vitest'
import { crashes } from './crash.ts'

test('[T3] [T13] 20 turns under 10 kills of agent and server: one end each', async () => {
  await crashes({ turns: 20, kills: 10 })
})
