import { createRouter } from 'circles-rooms/router'
import { parrot } from './agents/parrot.ts'

/** Tells the client of an agent's failure in a frame, and stays open. */
const router = createRouter()

router.websocket('/errors', c => ws => {
  ws.onMessage(async ({ data }) => {
    try {
      ws.send(await parrot.run(data as string))
    } catch (error) {
      c.var.logger.error('The agent failed', { error })
      ws.send(JSON.stringify({ error: 'Processing failed' }))
    }
  })
})

export default router
