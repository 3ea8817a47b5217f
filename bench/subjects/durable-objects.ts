import { join } from 'node:path'
import { bundleWorker } from '../servers/bundle.ts'
import { serveDev } from '../servers/dev.ts'
import { serveWorkers } from '../servers/workerd.ts'
import type { Subject } from './subject.ts'

const objects = { ROOMS: 'Room' }

/** A Worker of one file with one Durable Object class, `Room`: without persistence, with it, and with it in dev. */
function roomSubjects(name: string, description: string, packaged = true): Subject[] {
  const source = join(import.meta.dirname, 'durable', `${name}.ts`)
  const direct = (persists: boolean): Subject => ({
    name: persists ? `${name}+sql` : name,
    description: persists ? `${description}, one INSERT per message` : description,
    protocol: 'relay',
    persists,
    packaged,
    async prepare(folder, scratch) {
      const script = await bundleWorker(source, objects, scratch)
      return serveWorkers({ peer: { script, objects, settings: persistSetting(persists) } }, folder)
    },
  })
  const dev: Subject = {
    ...direct(true),
    name: `${name}+sql/dev`,
    description: `${description}, one INSERT per message, behind \`wrangler dev\``,
    async prepare(folder, scratch) {
      const script = await bundleWorker(source, objects, scratch)
      return serveDev({ script, objects }, persistSetting(true), folder)
    },
  }
  return [direct(false), direct(true), dev]
}

/** `minimal+sql` with frames as long as those of Circles: shows how much of a difference is only bytes. */
const longFrames: Subject = {
  name: 'minimal+sql+long',
  description: '`minimal+sql`, with frames as long as those of Circles',
  protocol: 'relay',
  persists: true,
  packaged: false,
  async prepare(folder, scratch) {
    const script = await bundleWorker(join(import.meta.dirname, 'durable/minimal.ts'), objects, scratch)
    return serveWorkers({ peer: { script, objects, settings: { ...persistSetting(true), ENVELOPE: 'yes' } } }, folder)
  },
}

/** Documents of y-partyserver. */
const documents: Subject = {
  name: 'y-partyserver',
  description: 'y-partyserver, hibernating, which stores a document two seconds after an edit',
  protocol: 'relay',
  persists: true,
  onlyDocuments: true,
  packaged: true,
  async prepare(folder, scratch) {
    const script = await bundleWorker(join(import.meta.dirname, 'durable/y-partyserver.ts'), objects, scratch)
    return serveWorkers({ peer: { script, objects } }, folder)
  },
}

const persistSetting = (persists: boolean) => ({ PERSIST: persists ? 'yes' : 'no' })

/** Other ways to build a room on the same platform. */
export const durableObjects: readonly Subject[] = [
  ...roomSubjects('minimal', 'a Durable Object with hibernating sockets and nothing else', false),
  longFrames,
  ...roomSubjects('partyserver', 'partyserver, hibernating'),
  ...roomSubjects('agents', 'the agents SDK'),
  documents,
]
