import { test } from 'vitest'
import { crashes } from './crash.ts'

test('[T3] [T13] every turn of an agent that connects ends once while agent and server are killed', async () => {
  await crashes({ turns: 6, kills: 3 })
})
