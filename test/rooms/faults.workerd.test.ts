import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, expect, test, vi } from 'vitest'
import { Pickle } from '../../src/agents/builtin/pickle.ts'
import { Room } from '../../src/rooms/room.ts'
import { eventually } from '../support/eventually.ts'
import { isOf, type Member, member } from '../support/member.ts'

afterEach(() => void vi.restoreAllMocks())

const stubOf = (circle: string) => env.CIRCLES.getByName(circle)
const alarmOf = (circle: string) => runInDurableObject(stubOf(circle), (_, state) => state.storage.getAlarm())
const broken = () => {
  throw new Error('a bug')
}

/** Returns the response to a command. */
async function responseTo(member: Member, id: string) {
  const response = await member.until(({ data }) => data.id === id)
  return [response?.type, response?.data.code ?? response?.data.seq]
}

test('[H3] an alarm that throws is set again and its sockets stay open; pending work is done later', async () => {
  const log = vi.spyOn(console, 'error').mockImplementation(() => {})
  const ada = await member('/ws/circles/alarms')
  const alarm = vi.spyOn(Room.prototype, 'alarm').mockImplementation(broken)
  for (let attempt = 0; attempt < 8; attempt++) {
    expect(await runDurableObjectAlarm(stubOf('alarms'))).toBe(true) // did not throw, and was set
    expect(await alarmOf('alarms')).toBeGreaterThan(Date.now())
  }
  expect(alarm).toHaveBeenCalledTimes(8)
  expect(String(log.mock.calls[0]?.[0])).toContain('a bug')

  alarm.mockRestore()
  expect(await runDurableObjectAlarm(stubOf('alarms'))).toBe(true)
  expect(((await alarmOf('alarms')) ?? 0) - Date.now()).toBeGreaterThan(60_000) // the timeout of a silent socket, not a retry
  expect(await responseTo(ada, ada.command('message', { content: 'still here' }))).toEqual(['ack', 1])
  ada.close()
})

test('[H3] [T3] an object that starts without an alarm sets the one that is due', async () => {
  const ada = await member('/ws/circles/unarmed')
  await runInDurableObject(stubOf('unarmed'), (_, state) => state.storage.deleteAlarm())
  await evictDurableObject(stubOf('unarmed'))
  ada.command('presence', { state: {} }) // wakes it
  await ada.until(isOf('ack'))
  expect(await alarmOf('unarmed')).toBeGreaterThan(Date.now())
  ada.close()
})

test('[L4] if not even a restart succeeds, the object is aborted: nothing acknowledged is lost', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => {})
  const ada = await member('/ws/circles/given-up')
  expect(await responseTo(ada, ada.command('message', { content: 'kept' }))).toEqual(['ack', 1])
  const receive = vi.spyOn(Room.prototype, 'receive').mockImplementation(broken)
  const store = vi.spyOn(Room.prototype, 'sessionsToStore').mockImplementation(broken)
  ada.command('message', { content: 'lost' })
  expect(await ada.until(({ data }) => data.content === 'lost')).toBeNull() // the socket closed
  receive.mockRestore()
  store.mockRestore()
  const again = await eventually(() => member('/ws/circles/given-up'))
  expect((await again.until(isOf('welcome')))?.data).toMatchObject({ head: 1, member_count: 1 })
  expect(await responseTo(again, again.command('message', { content: 'lost' }))).toEqual(['ack', 2])
  again.close()
})

test('[E1] a command that throws is answered with internal; its socket, the others and the log go on', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => {})
  const [ada, bob] = [await member('/ws/circles/bug'), await member('/ws/circles/bug', 'bob')]
  const receive = vi.spyOn(Room.prototype, 'receive').mockImplementationOnce(broken)
  ada.command('message', { content: 'lost' })
  expect((await ada.until(isOf('error')))?.data).toEqual({ code: 'internal', message: expect.any(String) })
  receive.mockRestore()
  expect(await responseTo(ada, ada.command('message', { content: 'received' }))).toEqual(['ack', 1])
  expect(await bob.until(({ data }) => data.content === 'received')).toMatchObject({ seq: 1 })
  for (const one of [ada, bob]) one.close()
})

test('[E1] a command that throws in the middle of a group is answered with internal, and the rest of the group is run', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => {})
  const ada = await member('/ws/circles/group')
  const original = Room.prototype.receive
  vi.spyOn(Room.prototype, 'receive').mockImplementation(function (this: Room, session, frame, now) {
    return String(frame).includes('"two"') ? broken() : original.call(this, session, frame, now)
  })
  const [one, , three] = ['one', 'two', 'three'].map(content => ada.command('message', { content }))
  expect(await responseTo(ada, String(one))).toEqual(['ack', 1])
  expect(await responseTo(ada, String(three))).toEqual(['ack', 2])
  expect(ada.frames.filter(isOf('error')).map(({ data }) => data.code)).toEqual(['internal'])
  ada.close()
})

test.each([
  ['throws when asked to describe itself', 'describe', 'agent_message'],
  ['throws when called', 'turn', 'turn_failed'],
] as const)('[T1] [T5] an agent that %s does not affect the circle', async (_, method, end) => {
  vi.spyOn(Pickle.prototype, method).mockRejectedValue(new TypeError('does not implement it'))
  const ada = await member(`/ws/circles/agent-${method}`)
  ada.command('message', { content: '@pickle hello' })
  const ended = await ada.until(({ type }) => type === 'agent_message' || type === 'turn_failed')
  expect(ended?.type).toBe(end)
  expect(JSON.stringify(ada.frames)).not.toMatch(/does not implement|\.ts:\d/)
  expect(await responseTo(ada, ada.command('message', { content: 'still here' }))).toEqual(['ack', 3])
  ada.close()
})
