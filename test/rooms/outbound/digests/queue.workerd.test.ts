import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import type { ChannelObjectBase } from '../../../../src/rooms/object/channel-object-base.ts'
import type { IdentifiedCaller } from '../../../../src/rpc/channel.ts'
import { askWith } from '../../../support/in-worker.ts'

const owner = { sub: 'ada', channels: { 'circle:*': 'owner', 'workspace:*': 'owner' } }
const workspace = () => env.WORKSPACES.getByName('acme')
const circle = () => env.CIRCLES.getByName('dev')

async function publishChange(id: string, path: string) {
  const event = { id, type: 'workspace.file_changed', workspace_id: 'acme', data: { path } }
  const { json } = await askWith(owner, 'POST', '/api/events', event)
  expect(json.results[0].status).toBe('stored')
}

async function link(stub: DurableObjectStub, links: string[]) {
  const principal = { id: 'ada', name: 'Ada', kind: 'person', role: 'owner', expires: null } as const
  const options = { dialect: 'native', agent: null, ticket: null, since: null, epoch: null } as const
  const caller: IdentifiedCaller = { channel: 'acme', principal, ...options }
  const object = stub as unknown as Pick<ChannelObjectBase, 'ask'>
  const asked = await object.ask(caller, { type: 'configure', id: 'link', data: { links } })
  expect(asked?.answer.type).toBe('ack')
}

/** Makes every event of the workspace an hour older and runs its alarm. */
async function anHourPasses() {
  await runInDurableObject(workspace(), (_, { storage }) => {
    storage.sql.exec(`UPDATE events SET at = at - 3600000`)
  })
  await evictDurableObject(workspace())
  return runDurableObjectAlarm(workspace())
}

const digestsInCircle = async (): Promise<string[]> => {
  const { json } = await askWith(owner, 'GET', '/api/circles/dev/events?after=0')
  return json.events
    .filter((event: { data: { user_id?: string } }) => event.data.user_id === 'workspace:acme')
    .map((event: { data: { content: string } }) => event.data.content)
}

test('[digest] published events reach the linked circle by the alarm, once, across hibernation', async () => {
  await askWith(owner, 'POST', '/api/circles', { name: 'dev', links: ['workspace:acme'] })
  await publishChange('e1', 'before-the-link.ts')
  await link(workspace(), ['circle:dev'])
  await publishChange('e2', 'a.ts')
  expect(await digestsInCircle()).toEqual([])
  await evictDurableObject(circle())
  expect(await anHourPasses()).toBe(true)
  await expect.poll(digestsInCircle).toEqual(['changed a.ts'])
  await expect.poll(anHourPasses).toBe(false) // the circle has confirmed
  await publishChange('e3', 'b.ts')
  expect(await anHourPasses()).toBe(true)
  await expect.poll(digestsInCircle).toEqual(['changed a.ts', 'changed b.ts'])
})
