import { createRouter } from 'circles-rooms/router'
import { parrot } from './agents/parrot.ts'

/** Sends back what an agent makes of each message. One that fails closes the socket with 1011. */
const router = createRouter()

router.websocket('/echo', () => ws => {
  ws.onMessage(async ({ data }) => ws.send(await parrot.run(data as string)))
})

export default router
