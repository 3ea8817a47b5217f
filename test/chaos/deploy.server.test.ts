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
const perSender = 15 // messages of each sender between two deploys, below the rate limit of a socket

test(`[R3] [P3] ${deploys} deploys under open sockets: clients reconnect, nothing is lost, and presence is accurate`, async () => {
  await using bundled = await bundle()
  await using server = await startServer({}, { configs: [await configFor(bundled.script)] })
  const names = ['reader', 'ada', 'bob']
  const clients = names.map(name => new Recorder(server.ws(`/ws/circles/deploy?name=${name}`)))
  const [, ...senders] = clients
  await Promise.all(clients.map(client => client.connect()))
  for (let deploy = 0; deploy < deploys; deploy++) {
    await appendFile(bundled.script, `\n// deploy ${deploy}\n`)
    for (let n = 0; n < perSender; n++) {
      for (const sender of senders) sender.send(`d${deploy}-${n}`, `message ${n} before deploy ${deploy}`)
    }
    for (const client of clients) while (client.open) await client.until(() => false) // the new code closes the sockets
    await Promise.all(clients.map(client => reconnect(client)))
  }
  const log = await readLog(`${server.url}/api/circles/deploy`)
  for (const client of clients) await client.until(() => client.last >= log.length)
  const readers = clients.map((client, index) => client.asReader(names[index] ?? '', true))
  expect(check({ log, acked: senders.flatMap(sender => sender.acked), readers })).toEqual([])
  expect(log).toHaveLength(deploys * perSender * senders.length)
  expect(clients.flatMap(client => client.refused)).toEqual([])
  const present = (await (await fetch(`${server.url}/api/circles/deploy/members`)).json()) as { members: Member[] }
  expect(present.members.map(({ id, sessions }) => `${id} ${sessions}`).toSorted()).toEqual(
    names.map(name => `guest:${name} 1`).toSorted(),
  )
  await Promise.all(clients.map(client => client.close()))
})

type Member = { id: string; sessions: number }

/** Reconnects, as a client does, until it is connected and all its messages are acknowledged. */
async function reconnect(client: Recorder): Promise<void> {
  while (!client.open || client.pending > 0) {
    if (client.open) await client.until(() => client.pending === 0)
    else await client.connect().catch(() => setImmediate())
  }
}

/** Our configuration for the Worker in this file, which `wrangler dev` reloads whenever it changes. */
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
