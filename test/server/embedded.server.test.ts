import { test } from 'vitest'
import { copyEmbeddedExample } from '../support/embedded-example.ts'
import { checkEmbedded } from './embedded.ts'

// examples/embedded, as it would run in anybody's account: its own cookies, a D1 table, a rule, polls, and Hono's cors()
// and secureHeaders() around it, through which sockets open and responses pass.

test('people vote over sockets and HTTP, nobody swears; a kill -9 loses no vote, no event and no schedule', async () => {
  await using example = await copyEmbeddedExample(null)
  await checkEmbedded(example)
})
