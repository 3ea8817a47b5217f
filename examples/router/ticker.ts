import { createRouter } from 'circles-rooms/router'

/** Pushes a frame every five seconds until the client leaves, in whatever way it leaves. */
const router = createRouter()

router.websocket('/ticker', c => ws => {
  let ticks = 0
  let ticking: Timer
  ws.onOpen(() => {
    ticking = setInterval(() => ws.send(JSON.stringify({ type: 'tick', count: ++ticks })), 5_000)
  })
  ws.onClose(() => {
    clearInterval(ticking)
    c.var.logger.info('The ticker has stopped', { ticks })
  })
})

export default router
