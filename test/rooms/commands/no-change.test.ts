import { describe, expect, test } from 'vitest'
import { importLog } from '../../../src/rooms/admin/export-import.ts'
import { modes, TestRoom, type TestSession } from '../../support/test-room.ts'

/** The response to a command, and how many events it added. */
function act(room: TestRoom, session: TestSession, type: string, data: object, id: string) {
  const { head } = room.room.context.log
  room.take(session)
  room.command(session, type, data, id)
  const response = room.take(session).find(({ type }) => type === 'ack' || type === 'error')
  return [response?.type, response?.data.seq !== undefined, room.room.context.log.head - head]
}

describe.each(modes)('what changes nothing is acknowledged and is no event, $mode', ({ hibernates }) => {
  test('[N3] a reaction that is there, and one that is not', () => {
    const room = new TestRoom({ hibernates })
    const [ada, eve] = [room.open('ada'), room.open('eve')]
    room.sendMessage(ada, 'hello')
    const react = (session: TestSession, id: string, remove?: boolean, emoji = '👍') =>
      act(room, session, 'react', { seq: 1, emoji, ...(remove !== undefined && { remove }) }, id)
    expect([
      react(ada, 'a', true),
      react(ada, 'b'),
      react(ada, 'c'),
      react(eve, 'd'),
      react(ada, 'e', false, '🎉'),
    ]).toEqual([
      ['ack', false, 0],
      ['ack', true, 1],
      ['ack', false, 0],
      ['ack', true, 1],
      ['ack', true, 1],
    ])
    expect([react(ada, 'f', true), react(ada, 'g', true), react(ada, 'h'), react(ada, 'b')]).toEqual([
      ['ack', true, 1],
      ['ack', false, 0],
      ['ack', true, 1],
      ['ack', true, 0], // the id of an earlier one: a duplicate
    ])
  })

  test('[N3] an edit to the same text', () => {
    const room = new TestRoom({ hibernates })
    const ada = room.open('ada')
    room.sendMessage(ada, 'hello')
    const edit = (content: string, id: string) => act(room, ada, 'edit', { seq: 1, content }, id)
    expect([edit('hello', 'a'), edit('hallo', 'b'), edit('hallo', 'c'), edit('hello', 'd')]).toEqual([
      ['ack', false, 0],
      ['ack', true, 1],
      ['ack', false, 0],
      ['ack', true, 1],
    ])
  })
})

const importer = ({ now }: TestRoom) => {
  const user = { id: 'ada', name: 'Ada', kind: 'person', role: 'owner' } as const
  return { user, startedAt: now }
}

test('[N3] reactions are known after an import, and forgotten with the messages that retention removes', () => {
  const room = new TestRoom()
  const ada = room.open('ada', { role: 'owner' })
  const data = { content: 'hello', user_id: 'ada', user_name: 'Ada', client_id: null, hop: 0 }
  const reaction = (seq: number, emoji: string, removed: boolean) => ({
    ...{ type: 'reaction' as const, seq, at: 1, id: `r${seq}`, user: 'ada' },
    data: { target: 1, emoji, user_id: 'ada', removed },
  })
  const session = importer(room)
  const step = (step: Parameters<typeof importLog>[2]['step']) =>
    room.stepWithResult(it => importLog(it.context, session, { do: 'import', step }))
  const begun = step({ replace: true })
  const id = 'value' in begun ? begun.value.id : ''
  step({
    id,
    events: [
      { type: 'message', data, seq: 1, at: 1, id: 'm', user: 'ada' },
      ...[reaction(2, '👍', false), reaction(3, '🎉', false), reaction(4, '🎉', true)],
    ],
  })
  step({ id })
  const again = room.open('ada', { role: 'owner' })
  expect(ada.closed).not.toBe(null)
  expect([
    act(room, again, 'react', { seq: 1, emoji: '👍' }, 'a'),
    act(room, again, 'react', { seq: 1, emoji: '🎉' }, 'b'),
  ]).toEqual([
    ['ack', false, 0],
    ['ack', true, 1],
  ])
  room.command(again, 'configure', { retention: { events: 1 } })
  for (let n = 0; n < 5; n++) room.sendMessage(again, `more ${n}`)
  room.advance(1_000)
  expect(room.sql.all(`SELECT * FROM reactions`)).toEqual([])
})

test('an import that nobody finishes is deleted after ten minutes, also after the room slept', () => {
  const room = new TestRoom()
  const session = importer(room)
  const begun = room.stepWithResult(it => importLog(it.context, session, { do: 'import', step: { replace: true } }))
  const id = 'value' in begun ? begun.value.id : ''
  const data = { content: 'hello', user_id: 'ada', user_name: 'Ada', client_id: null, hop: 0 }
  const events = [{ type: 'message' as const, data, seq: 1, at: 1, id: 'm', user: 'ada' }]
  room.advance(500_000)
  const later = importer(room)
  room.stepWithResult(it => importLog(it.context, later, { do: 'import', step: { id, events } }))
  room.hibernate()
  room.advance(599_999)
  const rows = () => room.sql.all<{ n: number }>(`SELECT count(*) AS n FROM arriving`)[0]?.n
  expect(rows()).toBe(1)
  room.advance(1)
  const keys = room.sql.all(`SELECT key FROM settings WHERE key LIKE 'arriving%'`)
  expect([rows(), keys, room.room.nextAlarm()]).toEqual([0, [], null])
  const ended = room.stepWithResult(it => importLog(it.context, later, { do: 'import', step: { id } }))
  expect(ended).toMatchObject({ refused: { code: 'conflict' } })
})

test('an unfinished import of an earlier version is deleted, too', () => {
  const room = new TestRoom()
  room.sql.all(`INSERT INTO settings (key, value) VALUES ('arriving', 'old')`)
  room.hibernate()
  room.advance(300_000)
  room.hibernate()
  room.advance(300_000)
  expect(room.sql.all(`SELECT key FROM settings WHERE key LIKE 'arriving%'`)).toEqual([])
})
