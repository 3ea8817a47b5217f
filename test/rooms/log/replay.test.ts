import { describe, expect, test } from 'vitest'
import { modes, TestRoom } from '../../support/test-room.ts'

const unlimited = { messages_per_second: 10_000, message_burst: 100_000, bytes_per_second: 1_000_000_000 }

describe.each(modes)('resume, $mode', ({ hibernates }) => {
  function newRoom(count: number, characters = 0) {
    const room = new TestRoom({ hibernates, limits: unlimited })
    const ada = room.open('ada')
    for (let n = 1; n <= count; n++) room.sendMessage(ada, `message ${n}`.padEnd(characters, '.'))
    return { room, ada, epoch: room.room.context.settings.epoch }
  }
  const seqsOf = (frame: { data: Record<string, unknown> } | undefined) => {
    return (frame?.data['events'] as { seq: number }[] | undefined)?.map(({ seq }) => seq)
  }

  test('[R1] every later event is replayed in order, then the session is live', () => {
    const { room, ada, epoch } = newRoom(5)
    const bob = room.open('bob', { resume: { since: 2, epoch } })
    room.sendMessage(ada, 'message 6')
    const [welcome, history, live] = room.take(bob)
    expect(welcome?.data).toMatchObject({ recovered: true, head: 5 })
    expect([seqsOf(history), history?.data['more'], history?.data['id']]).toEqual([[3, 4, 5], false, undefined])
    expect(live).toMatchObject({ type: 'message', seq: 6 })
  })

  test('[R1] nothing was missed: one empty history frame', () => {
    const { room, epoch } = newRoom(5)
    const frames = room.take(room.open('bob', { resume: { since: 5, epoch } }))
    expect(frames.map(({ type, data }) => [type, data['recovered'] ?? data['events']])).toEqual([
      ['welcome', true],
      ['history', []],
    ])
  })

  test.each([
    ['another epoch', { since: 2, epoch: 'other' }],
    ['no epoch', { since: 2, epoch: null }],
    ['a seq from the future', { since: 6, epoch: 'id1' }],
    ['a fraction', { since: 1.5, epoch: 'id1' }],
    ['no number', { since: Number.NaN, epoch: 'id1' }],
    ['a negative seq', { since: -1, epoch: 'id1' }],
  ])('[R2] with %s nothing is replayed', (_, resume) => {
    const { room, ada } = newRoom(5)
    const bob = room.open('bob', { resume })
    room.sendMessage(ada, 'message 6')
    expect(room.take(bob)).toMatchObject([
      { type: 'welcome', data: { recovered: false, epoch: 'id1' } },
      { type: 'message', seq: 6 },
    ])
  })

  test('[R2] never partly: if one missed event was trimmed, nothing is recovered', () => {
    const { room, epoch } = newRoom(20)
    room.room.context.log.trim(10)
    expect(room.takeData(room.open('bob', { resume: { since: 8, epoch } }))).toMatchObject({ recovered: false })
    expect(room.takeData(room.open('cat', { resume: { since: 9, epoch } }))).toMatchObject({ recovered: true })
  })

  test('[R3] a long replay goes page by page as the socket drains, without gap or repeat', () => {
    const { room, ada, epoch } = newRoom(1_000, 1_100)
    const bob = room.open('bob', { resume: { since: 0, epoch } })
    room.backlogs.set(bob.id, 10_000_000)
    room.advance(1_000)
    room.sendMessage(ada, 'message 1001')
    const first = room.take(bob).filter(({ type }) => type === 'history')
    expect(first.map(({ type, data }) => [type, data['more']])).toEqual([
      ['history', true],
      ['history', true],
    ])
    room.backlogs.delete(bob.id)
    room.advance(1_000)
    room.sendMessage(ada, 'message 1002')
    const rest = room.take(bob).filter(({ type }) => type !== 'presence')
    expect(rest.map(({ type, data }) => [type, data['more']])).toEqual([
      ['history', true],
      ['history', true],
      ['history', true],
      ['history', false],
      ['message', undefined],
    ])
    const seqs = [...first, ...rest].flatMap(frame => seqsOf(frame) ?? [frame['seq']])
    expect(seqs).toEqual(Array.from({ length: 1_002 }, (_, index) => index + 1))
  })

  test('[R3] a thousand short events are replayed at once', () => {
    const { room, epoch } = newRoom(1_000)
    const frames = room.take(room.open('bob', { resume: { since: 0, epoch } })).slice(1)
    expect(frames.map(({ data }) => data['more'])).toEqual([true, true, true, true, false])
    expect(frames.flatMap(frame => seqsOf(frame))).toEqual(Array.from({ length: 1_000 }, (_, index) => index + 1))
  })

  test('[N2] without a resume, `recovered` is null and nothing is replayed', () => {
    const { room } = newRoom(5)
    expect(room.take(room.open('bob'))).toMatchObject([{ type: 'welcome', data: { recovered: null } }])
  })
})
