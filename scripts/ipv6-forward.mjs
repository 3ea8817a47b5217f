// wrangler listens on one address, but `localhost` resolves to two. Listening on all interfaces would admit other
// machines, so this forwards the IPv6 loopback address to the IPv4 one.
import { once } from 'node:events'
import { connect, createServer } from 'node:net'

/** Forwards connections from [::1]:port to 127.0.0.1:port; resolves with false if this machine has no IPv6. */
export async function forwardIpv6(port) {
  const server = createServer({ noDelay: true }, near => {
    const far = connect({ port, host: '127.0.0.1', noDelay: true })
    // An error on one end closes both; nothing else can be done about it here.
    near.on('error', () => near.destroy()).on('close', () => far.destroy())
    far.on('error', () => far.destroy()).on('close', () => near.destroy())
    near.pipe(far).pipe(near)
  })
  server.unref()
  try {
    server.listen({ port, host: '::1', ipv6Only: true })
    await once(server, 'listening')
    return true
  } catch (error) {
    if (error.code === 'EADDRNOTAVAIL' || error.code === 'EAFNOSUPPORT') return false
    throw error
  }
}
