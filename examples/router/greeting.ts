import { createRouter } from 'circles-rooms/router'

/** Greets whoever connects, and answers each message with its length. */
const router = createRouter()

router.websocket('/greeting', c => ws => {
  const name = c.req.query('name') ?? 'stranger'
  ws.onOpen(() => ws.send(`Good to see you, ${name}.`))
  ws.onMessage(({ data }) => {
    ws.send(typeof data === 'string' ? `${data.length} characters` : `${data.byteLength} bytes`)
  })
  ws.onClose(({ code }) => c.var.logger.info('A guest has left', { name, code }))
})

export default router
