import { createRouter } from 'circles-rooms/router'

/** Pushes figures of this isolate to whoever watches: no agent, and no message from the client. */
const router = createRouter()

let watchers = 0 // in this isolate: another one, elsewhere, counts its own

router.websocket('/metrics', () => ws => {
  watchers += 1
  const report = () => ws.send(JSON.stringify({ watchers, at: new Date().toISOString() }))
  const reporting = setInterval(report, 5_000)
  ws.onOpen(report)
  ws.onClose(() => {
    watchers -= 1
    clearInterval(reporting)
  })
})

export default router
