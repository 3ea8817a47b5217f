// wrangler listens on one address, and `localhost` means two. All interfaces would let the neighbours in, so the
// IPv6 loopback is passed on to the IPv4 one here.
import { once } from 'node:events'
import { connect, createServer } from 'node:net'

/** Passes connections to [::1]:port on to 127.0.0.1:port; false where this machine has no IPv6. */
export async function forward(port) {
  const server = createServer({ noDelay: true }, near => {
    const far = connect({ port, host: '127.0.0.1', noDelay: true })
    // A broken end is closed, and closes the other: that is all there is to do about an error here.
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
