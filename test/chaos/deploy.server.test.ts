import { appendFile, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { root } from '../../scripts/toolchain.mjs'
import { bundle } from '../support/bundle.ts'
import { check } from '../support/checker.ts'
import { readLog } from '../support/read-log.ts'
import { Recorder } from '../support/recorder.ts'
import { startServer } from '../support/server.ts'

const deploys = 3
const lines = 15 // of each sender between two deploys, below the limit of a socket

test(`[R3] [P3] ${deploys} deploys under open sockets: they come back, nothing is lost, nobody is a ghost`, async () => {
  await using bundled = await bundle()
  await using server = await startServer({}, { configs: [await configFor(bundled.script)] })
  const names = ['reader', 'ada', 'bob']
  const everybody = names.map(name => new Recorder(server.ws(`/ws/circles/deploy?name=${name}`)))
  const [, ...senders] = everybody
  await Promise.all(everybody.map(one => one.connect()))
  for (let deploy = 0; deploy < deploys; deploy++) {
    await appendFile(bundled.script, `\n// deploy ${deploy}\n`)
    for (let line = 0; line < lines; line++) {
      for (const sender of senders) sender.send(`d${deploy}-${line}`, `line ${line} before deploy ${deploy}`)
    }
    for (const one of everybody) while (one.open) await one.until(() => false) // the new code takes the sockets away
    await Promise.all(everybody.map(one => comeBack(one)))
  }
  const log = await readLog(`${server.url}/api/circles/deploy`)
  for (const one of everybody) await one.until(() => one.last >= log.length)
  const readers = everybody.map((one, index) => one.asReader(names[index] ?? '', true))
  expect(check({ log, acked: senders.flatMap(sender => sender.acked), readers })).toEqual([])
  expect(log).toHaveLength(deploys * lines * senders.length)
  expect(everybody.flatMap(one => one.refused)).toEqual([])
  const here = (await (await fetch(`${server.url}/api/circles/deploy/members`)).json()) as { members: Here[] }
  expect(here.members.map(({ id, sessions }) => `${id} ${sessions}`).toSorted()).toEqual(
    names.map(name => `guest:${name} 1`).toSorted(),
  )
  await Promise.all(everybody.map(one => one.close()))
})

type Here = { id: string; sessions: number }

/** As a client does: again until it is let in and owed nothing. */
async function comeBack(one: Recorder): Promise<void> {
  while (!one.open || one.pending > 0) {
    if (one.open) await one.until(() => one.pending === 0)
    else await one.connect().catch(() => setImmediate())
  }
}

/** Our configuration, about the Worker that is in this file: `wrangler dev` reloads it whenever it changes. */
async function configFor(script: string): Promise<string> {
  const config = join(dirname(script), 'wrangler.toml')
  const text = await readFile(join(root, 'wrangler.toml'), 'utf8')
  const changed = text
    .replace(/^main = .*$/m, 'main = "worker.js"\nno_bundle = true')
    .replace(/^\[build\]\n.*$/m, '')
    .replace('"dist/web"', JSON.stringify(join(root, 'dist/web')))
  await writeFile(config, changed)
  return config
}
