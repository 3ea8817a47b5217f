// A server of documents on Node with Hocuspocus, which stores a document's state two seconds after an edit.
import { DatabaseSync } from 'node:sqlite'
import { Server } from '@hocuspocus/server'
import { applyUpdate, encodeStateAsUpdate } from 'yjs'

const database = new DatabaseSync(process.env.MESSAGES ?? ':memory:')
database.exec('CREATE TABLE IF NOT EXISTS documents (name TEXT PRIMARY KEY, state BLOB NOT NULL)')
const read = database.prepare('SELECT state FROM documents WHERE name = ?')
const write = database.prepare('INSERT OR REPLACE INTO documents (name, state) VALUES (?, ?)')

const server = new Server({
  address: '127.0.0.1',
  port: Number(process.env.PORT),
  quiet: true,
  async onLoadDocument({ document, documentName }) {
    const row = read.get(documentName)
    if (row !== undefined) applyUpdate(document, row.state as Uint8Array)
  },
  async onStoreDocument({ document, documentName }) {
    write.run(documentName, encodeStateAsUpdate(document))
  },
})
await server.listen()
