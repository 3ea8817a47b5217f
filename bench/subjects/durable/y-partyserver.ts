import { routePartykitRequest } from 'partyserver'
import { YServer } from 'y-partyserver'
import { applyUpdate, encodeStateAsUpdate } from 'yjs'

type Env = { ROOMS: DurableObjectNamespace }

const partBytes = 1_000_000

/** A document as the documentation of y-partyserver suggests: it stores its state two seconds after the last edit. */
export class Room extends YServer<Env> {
  static override options = { hibernate: true }

  override async onLoad(): Promise<void> {
    this.ctx.storage.sql.exec('CREATE TABLE IF NOT EXISTS parts (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL)')
    const parts = this.ctx.storage.sql.exec<{ bytes: ArrayBuffer }>('SELECT bytes FROM parts ORDER BY id').toArray()
    if (parts.length > 0) applyUpdate(this.document, Buffer.concat(parts.map(({ bytes }) => new Uint8Array(bytes))))
  }

  override async onSave(): Promise<void> {
    const state = encodeStateAsUpdate(this.document)
    this.ctx.storage.transactionSync(() => {
      this.ctx.storage.sql.exec('DELETE FROM parts')
      for (let start = 0; start < state.byteLength; start += partBytes)
        this.ctx.storage.sql.exec('INSERT INTO parts (bytes) VALUES (?)', state.slice(start, start + partBytes).buffer)
    })
  }
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    return (await routePartykitRequest(request, env, { prefix: 'peers' })) ?? new Response('no room', { status: 404 })
  },
}
