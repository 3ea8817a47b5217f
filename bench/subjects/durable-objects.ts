import { join } from 'node:path'
import { bundleWorker } from '../servers/bundle.ts'
import { serveDev } from '../servers/dev.ts'
import { serveWorkers } from '../servers/workerd.ts'
import type { Contestant } from './subject.ts'

/** A Worker of one file with one Durable Object class, `Room`: without and with persistence, direct and in dev. */
function rooms(name: string, about: string, packaged = true): Contestant[] {
  const source = join(import.meta.dirname, 'durable', `${name}.ts`)
  const objects = { ROOMS: 'Room' }
  const direct = (keeps: boolean): Contestant => ({
    name: keeps ? `${name}+sql` : name,
    about: keeps ? `${about}, one INSERT a message` : about,
    dialect: 'relay',
    keeps,
    packaged,
    async launch(folder, scratch) {
      const script = await bundleWorker(source, objects, scratch)
      return serveWorkers({ peer: { script, objects, settings: keep(keeps) } }, folder)
    },
  })
  const dev: Contestant = {
    ...direct(true),
    name: `${name}+sql/dev`,
    about: `${about}, one INSERT a message, behind \`wrangler dev\``,
    async launch(folder, scratch) {
      return serveDev({ script: await bundleWorker(source, objects, scratch), objects }, keep(true), folder)
    },
  }
  return [direct(false), direct(true), dev]
}

/** `minimal+sql`, with as many bytes in each frame as Circles has: what of the difference is only that. */
const long: Contestant = {
  name: 'minimal+sql+long',
  about: 'minimal+sql, and frames as long as those of Circles',
  dialect: 'relay',
  keeps: true,
  packaged: false,
  async launch(folder, scratch) {
    const objects = { ROOMS: 'Room' }
    const script = await bundleWorker(join(import.meta.dirname, 'durable/minimal.ts'), objects, scratch)
    return serveWorkers({ peer: { script, objects, settings: { ...keep(true), ENVELOPE: 'yes' } } }, folder)
  },
}

const keep = (keeps: boolean) => ({ KEEP: keeps ? 'yes' : 'no' })

/** What one would otherwise build a room from on the same platform. */
export const durableObjects: readonly Contestant[] = [
  ...rooms('minimal', 'a Durable Object with hibernating sockets and nothing else', false),
  long,
  ...rooms('partyserver', 'partyserver, hibernating'),
  ...rooms('agents', 'the agents SDK'),
]
