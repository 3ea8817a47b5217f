import { agent, createMiddleware, createRouter } from 'circles-rooms/router'

/** Lets in whoever has a key; each message is answered by a bound agent, which is told who asks. */
const router = createRouter()

const keys = new Map([['key-of-ada', 'ada']]) // in your program: a table, or the session of your own login

const membersOnly = createMiddleware(async (c, next) => {
  const userId = keys.get(c.req.query('key') ?? '')
  if (userId === undefined) return c.json({ error: 'This key opens nothing.' }, 401)
  c.set('userId', userId)
  await next()
})

router.websocket('/members', membersOnly, c => ws => {
  const { userId } = c.var
  const librarian = agent(c.env, 'librarian')
  ws.onOpen(() => ws.send(`Signed in as ${userId}`))
  ws.onMessage(async ({ data }) => ws.send(await librarian.run({ userId, message: data as string })))
})

export default router
