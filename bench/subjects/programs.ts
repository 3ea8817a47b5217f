import { join } from 'node:path'
import { node, root } from '../../scripts/toolchain.mjs'
import type { DialectName } from '../load/client-protocol.ts'
import { freePort } from '../servers/launch.ts'
import { has } from '../servers/machine.ts'
import type { Contestant } from './subject.ts'

type Program = Pick<Contestant, 'name' | 'about' | 'packaged' | 'absent'> & {
  dialect?: DialectName
  command: readonly string[]
}

/** A program that listens on $PORT, and keeps lines in the SQLite file $LINES, if there is one. */
function program({ name, about, dialect = 'relay', command, ...rest }: Program): Contestant[] {
  return [false, true].map(keeps => ({
    name: keeps ? `${name}+sql` : name,
    about: keeps ? `${about}, one commit to SQLite a message` : about,
    dialect,
    keeps,
    ...rest,
    async launch(folder) {
      const port = await freePort()
      const env = { PORT: `${port}`, ...(keeps && { LINES: join(folder, 'lines.sqlite') }) }
      return { command: command.map(part => (part === '$PORT' ? env.PORT : part)), env, folder, port }
    },
  }))
}

const source = (file: string) => join(import.meta.dirname, 'programs', file)
const bun = join(root, 'bench/node_modules/.bin/bun')
const python = '/usr/bin/python3' // Debian's own, which Debian's packages are for
const uvicorn = ['-m', 'uvicorn', '--app-dir', join(import.meta.dirname, 'programs'), '--log-level', 'warning']

/** What one would otherwise build a room from on a server of one's own. */
export const programs: readonly Contestant[] = [
  ...program({ name: 'ws', about: 'ws on Node', command: [node, source('ws.ts')] }),
  ...program({
    name: 'socket.io',
    about: 'Socket.IO on Node',
    dialect: 'socket.io',
    packaged: true,
    command: [node, source('socket-io.ts')],
  }),
  ...program({ name: 'bun', about: 'Bun with publish', packaged: true, command: [bun, source('bun.ts')] }),
  ...program({
    name: 'fastapi',
    about: 'FastAPI with a manager in memory',
    command: [python, ...uvicorn, '--host', '127.0.0.1', '--port', '$PORT', 'fastapi_server:app'],
    absent: () =>
      has(python, ['-c', 'import fastapi, uvicorn, websockets'])
        ? null
        : 'absent; Debian has it: apt-get install python3-fastapi python3-uvicorn python3-websockets',
  }),
]
