import { expect, test, vi } from 'vitest'
import { readLog } from '../support/read-log.ts'
import { startServer } from '../support/server.ts'

const events = 10_000
const changed = (index: number) => ({
  id: `e${index}`,
  source: 'test',
  type: 'workspace.file_changed',
  workspace_id: 'acme',
  data: { path: `src/file-${index}.ts`, size: index },
})

test(`[W] [L3] ${events} events through the queue, its consumer interrupted at random: each is in the log exactly once`, {
  timeout: 400_000, // only what hangs
}, async () => {
  const configs = ['test/queue/flaky/wrangler.toml', 'examples/producer/wrangler.toml']
  vi.stubEnv('PRODUCER_TOKEN', 'of the test') // a required secret is taken from the environment
  await using server = await startServer({}, { configs })
  const poison = [
    { id: 'poison', type: 'nonsense' },
    { ...changed(1), id: 'nowhere', workspace_id: 'no/where' },
  ]
  const all = [...poison, ...Array.from({ length: events }, (_, index) => changed(index))]
  const sent = await fetch(`${server.url}/test/producer`, {
    method: 'POST',
    headers: { authorization: 'Bearer of the test' },
    body: JSON.stringify(all),
  })
  expect([sent.status, await sent.json()]).toEqual([202, { queued: all.length }])

  const workspace = `${server.url}/api/workspaces/acme`
  const head = async () => ((await (await fetch(`${workspace}/events?limit=1`)).json()) as { head?: number }).head ?? 0
  await expect.poll(head, { timeout: 300_000, interval: 500 }).toBe(events)
  const log = await readLog(workspace)
  expect(log.map(({ seq }) => seq)).toEqual(Array.from({ length: events }, (_, index) => index + 1))
  expect(new Set(log.map(({ id }) => id))).toEqual(new Set(all.slice(2).map(({ id }) => id)))
  const interruptions = (await (await fetch(`${server.url}/test/interruptions`)).json()) as Record<string, number>
  expect(Object.values(interruptions).every(count => count > 0)).toBe(true)
})
