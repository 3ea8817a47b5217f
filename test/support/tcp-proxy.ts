import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'

/** A TCP proxy on a loopback port that keeps its address: `stop` drops all connections, `start` accepts new ones. */
export type TcpProxy = { url: string; stop(): Promise<void>; start(): Promise<void> }

/** Starts a proxy to a port of this machine. */
export async function startTcpProxy(target: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>()
  let server: Server | null = null
  let port = 0

  const pipe = (from: Socket, to: Socket): void => {
    sockets.add(from)
    from.on('error', () => from.destroy()) // the 'close' that follows ends the other side
    from.on('close', () => {
      sockets.delete(from)
      to.destroy()
    })
    from.pipe(to)
  }

  const start = async (): Promise<void> => {
    server = createServer(downstream => {
      const upstream = connect(target, '127.0.0.1')
      pipe(downstream, upstream)
      pipe(upstream, downstream)
    })
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('expected a TCP address')
    port = address.port
  }

  const stop = async (): Promise<void> => {
    const closing = server
    server = null
    closing?.close()
    for (const socket of sockets) socket.destroy()
    if (closing !== null) await once(closing, 'close')
  }

  await start()
  return { url: `http://127.0.0.1:${port}`, stop, start }
}
