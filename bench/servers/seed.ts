import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { cp, mkdir, readdir, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../../scripts/toolchain.mjs'
import type { Scale } from '../scenarios/profiles.ts'
import type { Scenario } from '../scenarios/scenario.ts'
import type { Contestant } from '../subjects/subject.ts'
import { launch } from './launch.ts'

/**
 * Puts the state that a scenario begins with into a server's folder. It is made once, by the contestant itself, and kept
 * in the machine's temporary folder for as long as the tables stay as they are.
 */
export async function seed(scenario: Scenario, contestant: Contestant, scale: Scale, folder: string, scratch: string) {
  if (scenario.seed === undefined) return
  const kept = join(tmpdir(), `circles-bench-${nameOf(scenario, contestant, scale)}`)
  if (!existsSync(kept)) {
    console.log(`${scenario.name}: making what it begins with …`)
    const making = join(scratch, 'seed')
    await mkdir(making, { recursive: true })
    await using server = await launch(await contestant.launch(making, scratch), undefined)
    const target = { name: contestant.name, port: server.port, pid: server.pid, dialect: contestant.dialect }
    await scenario.seed(target, scale)
    await server.stop()
    for (const file of await readdir(making, { recursive: true })) {
      if (file.endsWith('.sqlite')) scenario.grow?.(join(making, file), scale)
    }
    await cp(join(making, 'state'), `${kept}.new`, { recursive: true })
    await rm(making, { recursive: true })
    await rename(`${kept}.new`, kept)
  }
  await cp(kept, join(folder, 'state'), { recursive: true })
}

function nameOf(scenario: Scenario, contestant: Contestant, scale: Scale): string {
  const tables = readFileSync(join(root, 'src/rooms/log/schema.ts'))
  const hash = createHash('sha256')
    .update(tables)
    .update(JSON.stringify([contestant.name, scale.events]))
    .digest('hex')
  return `${scenario.name}-${hash.slice(0, 12)}`
}
