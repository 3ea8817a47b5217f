import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { gather, type RelayWorld, startRelayWorld } from './relay-world.ts'

let world: RelayWorld

beforeAll(async () => {
  world = await startRelayWorld()
})
afterAll(() => world.end())

test('[R3] relays that have parked are called from another process, also after their circle was killed meanwhile', async () => {
  const crowd = await gather(world, 'parked')
  const back: number[] = []
  for (const isKilled of [false, true, false]) {
    await crowd.hush()
    await expect.poll(areParked, { timeout: 240_000, interval: 1_000 }).toBe(true) // after 15 s in which nothing is said
    expect((await parkedRelays()).length).toBeGreaterThan(1)
    if (isKilled) {
      await world.circle.kill9()
      await world.circle.start()
    }
    crowd.goOn()
    back.push(await crowd.speaks())
  }
  expect(crowd.closes()).toEqual([])
  const { events } = await crowd.leave()
  console.log(`everybody had an ack ${back.join(', ')} ms after they spoke again; ${events} events`)
})

const areParked = async () => (await parkedRelays()).join() === (await relaysWithMembers()).join()
const parkedRelays = () => namesIn('SELECT relay AS name FROM circles_parked_relays ORDER BY name')
const relaysWithMembers = () =>
  namesIn(`SELECT DISTINCT attachment ->> 'relay' AS name FROM circles_relay_sessions ORDER BY name`)

/** The relays that a query of the circle's storage names: there is one circle. */
async function namesIn(query: string): Promise<unknown[]> {
  const folder = join(world.circle.state, 'circles-CircleObject')
  const file = (await readdir(folder)).find(name => name.endsWith('.sqlite') && !name.startsWith('metadata'))
  const database = new DatabaseSync(join(folder, file ?? ''), { readOnly: true })
  try {
    return database
      .prepare(query)
      .all()
      .map(({ name }) => name)
  } finally {
    database.close()
  }
}
