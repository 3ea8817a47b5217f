import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'

/** A wire to a port of this machine that can be cut, and mended again. */
export type Cable = { url: string; cut(): Promise<void>; mend(): Promise<void> }

export async function startCable(to: number): Promise<Cable> {
  const open = new Set<Socket>()
  let server: Server | null = null
  let port = 0

  const mend = async (): Promise<void> => {
    server = createServer(near => {
      const far = connect(to, '127.0.0.1')
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        open.add(one)
        one.on('error', () => one.destroy()) // a broken end is closed, and closes the other
        one.on('close', () => {
          open.delete(one)
          other.destroy()
        })
        one.pipe(other)
      }
    })
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('a TCP server has an address')
    port = address.port
  }

  const cut = async (): Promise<void> => {
    const closing = server
    server = null
    closing?.close()
    for (const socket of open) socket.destroy()
    if (closing !== null) await once(closing, 'close')
  }

  await mend()
  return { url: `http://127.0.0.1:${port}`, cut, mend }
}
