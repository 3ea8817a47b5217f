import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { node, root } from '../../scripts/toolchain.mjs'
import type { ClientProtocolName } from '../load/client-protocol.ts'
import { freePort } from '../servers/launch.ts'
import { canRun } from '../servers/machine.ts'
import type { Subject } from './subject.ts'

type Program = Pick<Subject, 'name' | 'description' | 'packaged' | 'missingRequirement'> & {
  protocol?: ClientProtocolName
  command: readonly string[]
}

/** A program that listens on $PORT and, if $MESSAGES is set, stores messages in that SQLite file. */
function program({ name, description, protocol = 'relay', command, ...rest }: Program): Subject[] {
  return [false, true].map(persists => ({
    name: persists ? `${name}+sql` : name,
    description: persists ? `${description}, one commit to SQLite per message` : description,
    protocol,
    persists,
    ...rest,
    async prepare(folder) {
      const port = await freePort()
      const env = { PORT: `${port}`, ...(persists && { MESSAGES: join(folder, 'messages.sqlite') }) }
      return { command: command.map(part => (part === '$PORT' ? env.PORT : part)), env, folder, port }
    },
  }))
}

const source = (file: string) => join(import.meta.dirname, 'programs', file)
const bun = join(root, 'bench/node_modules/.bin/bun')
const python = '/usr/bin/python3' // Debian's own, which Debian's packages are for
const uvicorn = ['-m', 'uvicorn', '--app-dir', join(import.meta.dirname, 'programs'), '--log-level', 'warning']

/** Documents of Hocuspocus. */
const hocuspocus: Subject = {
  name: 'hocuspocus',
  description: 'Hocuspocus on Node, which stores a document in SQLite two seconds after an edit',
  protocol: 'relay',
  persists: true,
  onlyDocuments: true,
  packaged: true,
  async prepare(folder) {
    const port = await freePort()
    await mkdir(join(folder, 'state'), { recursive: true })
    const env = { PORT: `${port}`, MESSAGES: join(folder, 'state/documents.sqlite') }
    return { command: [node, source('hocuspocus.ts')], env, folder, port }
  },
}

/** Other ways to build a room, as one process on a server of one's own. */
export const programs: readonly Subject[] = [
  ...program({ name: 'ws', description: 'ws on Node', command: [node, source('ws.ts')] }),
  ...program({
    name: 'socket.io',
    description: 'Socket.IO on Node',
    protocol: 'socket.io',
    packaged: true,
    command: [node, source('socket-io.ts')],
  }),
  ...program({ name: 'bun', description: 'Bun with publish', packaged: true, command: [bun, source('bun.ts')] }),
  ...program({
    name: 'fastapi',
    description: 'FastAPI with a connection manager in memory',
    command: [python, ...uvicorn, '--host', '127.0.0.1', '--port', '$PORT', 'fastapi_server:app'],
    missingRequirement: () =>
      canRun(python, ['-c', 'import fastapi, uvicorn, websockets'])
        ? null
        : 'not installed; on Debian: apt-get install python3-fastapi python3-uvicorn python3-websockets',
  }),
  hocuspocus,
]
