import { afterEach, expect, test, vi } from 'vitest'
import * as z from 'zod'
import { defineProtocol } from '../../src/protocol/define-protocol.ts'
import { defineCircle } from '../../src/server/define-circle.ts'
import type { CircleDefinition } from '../../src/server/definition.ts'
import { OwnCode } from '../../src/server/own-code.ts'
import { checkPromises, testCircle } from '../../src/testing/index.ts'
import { randomChoices } from '../../src/testing/random.ts'
import { RoomInNode } from '../../src/testing/room-in-node.ts'
import { Schedule } from '../../src/testing/schedule.ts'

const events = { counted: z.strictObject({ by: z.int() }) }
const data = z.strictObject({ by: z.int() })
const protocol = defineProtocol({ events, commands: { count: { role: 'member', data } } })
const count: CircleDefinition<typeof protocol>['commands'] = { count: (room, { data }) => room.append('counted', data) }
const samples = { count: ({ roll }: { roll(below: number): number }) => ({ by: roll(10) }) }

const circleWith = (definition: Partial<CircleDefinition<typeof protocol>> = {}) =>
  class extends defineCircle(protocol, { commands: count, ...definition }) {}

afterEach(() => void vi.restoreAllMocks())

test('a class that breaks nothing passes, and so does one without a protocol', async () => {
  await checkPromises(circleWith(), { commands: samples, schedules: 3 })
  await checkPromises(circleWith({ beforeMessage: (_, { content }) => ({ content: `${content}!` }) }), { schedules: 3 })
  await checkPromises(defineCircle(), { schedules: 3 })
})

test('the same seed is the same schedule', async () => {
  const logs: string[] = []
  const check = ({ log }: { log: object[] }) => void logs.push(JSON.stringify(log.map(event => ({ ...event, id: 0 }))))
  for (const seed of [7, 7, 8]) await checkPromises(circleWith(), { commands: samples, seed, check })
  expect([logs[0] === logs[1], logs[0] === logs[2], (logs[0]?.length ?? 0) > 1_000]).toEqual([true, false, true])
})

test('what afterEvent does twice after a crash is found by a check of one’s own, and the seed is told', async () => {
  const twice = circleWith({
    afterEvent(room, event) {
      if (event.type === 'message') room.append('counted', { by: event.seq }) // without an id
    },
  })
  const check = ({ log }: { log: { type: string; data: object }[] }) => {
    const counted = log.filter(({ type }) => type === 'counted').map(({ data }) => JSON.stringify(data))
    expect(new Set(counted).size, 'a message was counted twice').toBe(counted.length)
  }
  const checking = checkPromises(twice, { check, schedules: 50 })
  await expect(checking).rejects.toThrow(
    /counted twice.*\nThis was the schedule of seed \d+: checkPromises\(…, \{ seed/s,
  )
})

test('a handler that throws, and one that never gets done, are found', async () => {
  const throwing = circleWith({
    commands: {
      count() {
        throw new Error('a bug')
      },
    },
  })
  await expect(checkPromises(throwing, { commands: samples })).rejects.toThrow(/^handler: count sent-\d+ of .*a bug/)
  const failing = circleWith({
    afterEvent() {
      throw new Error('no binding')
    },
  })
  await expect(checkPromises(failing)).rejects.toThrow(
    /^handler: afterEvent has handled the log up to 0 of .*no binding/,
  )
})

test('[L3] a command that counts twice is found', async () => {
  const { runCommand } = OwnCode.prototype
  let calls = 0
  vi.spyOn(OwnCode.prototype, 'runCommand').mockImplementation(function (this: OwnCode, session, command, now) {
    calls += 1
    const outcome = runCommand.call(this, session, { ...command, id: `${command.id}-${calls}` }, now)
    const { response } = outcome
    if (response?.type !== 'ack') return outcome
    return { ...outcome, response: { ...response, data: { ...response.data, id: command.id ?? '' } } }
  })
  await expect(checkPromises(circleWith(), { commands: samples })).rejects.toThrow(/L3: count sent-\d+ of/)
})

test('[L5] an event that somebody does not receive is found', async () => {
  const { take } = RoomInNode.prototype
  vi.spyOn(RoomInNode.prototype, 'take').mockImplementation(function (this: RoomInNode, session) {
    return take.call(this, session).filter(frame => frame['seq'] !== 5)
  })
  await expect(checkPromises(circleWith(), { commands: samples })).rejects.toThrow(/(L5|R3): .* saw 6 after 4/)
})

test('what somebody does without the right to it is found', async () => {
  const stricter = defineProtocol({ events, commands: { count: { role: 'owner', data } } })
  const about = { protocol: stricter, samples, rewrites: false }
  const circle = testCircle(circleWith()) as unknown as ConstructorParameters<typeof Schedule>[0]
  const broken = await new Schedule(circle, randomChoices(1), about).run(60)
  expect(broken).toContainEqual({ rule: 'rights', what: expect.stringContaining('needs the role owner, was done') })
})
