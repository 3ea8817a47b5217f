import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { cp, mkdir, readdir, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../../scripts/toolchain.mjs'
import type { LoadProfile } from '../scenarios/profiles.ts'
import type { Scenario } from '../scenarios/scenario.ts'
import type { Subject } from '../subjects/subject.ts'
import { launch } from './launch.ts'

/** A subject's run of a scenario, and the folders of its server and of the whole benchmark run. */
export type SeedOptions = {
  scenario: Scenario
  subject: Subject
  profile: LoadProfile
  folder: string
  scratch: string
}

/**
 * Copies the scenario's initial state into a server's folder. The subject itself creates that state once; it is cached in
 * the machine's temporary folder until the tables change.
 */
export async function seed({ scenario, subject, profile, folder, scratch }: SeedOptions): Promise<void> {
  if (scenario.seed === undefined) return
  const cached = join(tmpdir(), `circles-bench-${cacheKey(scenario, subject, profile)}`)
  if (!existsSync(cached)) {
    console.log(`${scenario.name}: creating the initial state …`)
    const seedFolder = join(scratch, 'seed')
    await mkdir(seedFolder, { recursive: true })
    await using server = await launch(await subject.prepare(seedFolder, scratch), undefined)
    const target = { name: subject.name, port: server.port, pid: server.pid, protocol: subject.protocol }
    await scenario.seed(target, profile)
    await server.stop()
    for (const file of await readdir(seedFolder, { recursive: true })) {
      if (file.endsWith('.sqlite')) scenario.extendSeed?.(join(seedFolder, file), profile)
    }
    await cp(join(seedFolder, 'state'), `${cached}.new`, { recursive: true })
    await rm(seedFolder, { recursive: true })
    await rename(`${cached}.new`, cached)
  }
  await cp(cached, join(folder, 'state'), { recursive: true })
}

function cacheKey(scenario: Scenario, subject: Subject, profile: LoadProfile): string {
  const schemas = globSync(['src/rooms/**/schema.ts', 'src/documents/update-log.ts'], { cwd: root }).toSorted()
  if (schemas.length === 0) throw new Error('expected the tables of a room in a file schema.ts below src/rooms')
  const hash = createHash('sha256')
  for (const schema of schemas) hash.update(readFileSync(join(root, schema)))
  hash.update(JSON.stringify([subject.name, profile.logEvents, profile.large]))
  return `${scenario.name}-${hash.digest('hex').slice(0, 12)}`
}
