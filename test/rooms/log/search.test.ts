import fc from 'fast-check'
import { expect, test } from 'vitest'
import { TestRoom } from '../../support/test-room.ts'

function newRoom() {
  const room = new TestRoom({ limits: { messages_per_second: 1e6, message_burst: 1e6, bytes_per_second: 1e9 } })
  const ada = room.open('ada')
  const send = (...contents: string[]) => {
    for (const content of contents) room.sendMessage(ada, content)
  }
  const search = (words: string, limit = 10) => room.room.context.search.find(words, limit)
  const texts = (words: string) => search(words).found.map(({ message }) => message.data.content)
  return { room, ada, send, search, texts }
}

test('a search finds the newest messages with all the words, ignoring case and accents', () => {
  const { send, texts } = newRoom()
  send('the quick brown fox', 'a lazy dog', 'Quick, a FOX!', 'café noir')
  expect(texts('fox quick')).toEqual(['Quick, a FOX!', 'the quick brown fox'])
  expect(texts('CAFE')).toEqual(['café noir'])
  expect(texts('lazy fox')).toEqual([])
})

test('the last word may be incomplete', () => {
  const { send, texts } = newRoom()
  send('deployment to production')
  expect(texts('deploym')).toEqual(['deployment to production'])
  expect(texts('deploym to')).toEqual([])
})

test('a search includes messages sent, edited and deleted since the last one', () => {
  const { room, ada, send, texts } = newRoom()
  send('red apple', 'red pear')
  expect(texts('red')).toEqual(['red pear', 'red apple'])
  room.command(ada, 'edit', { seq: 1, content: 'green apple' })
  room.command(ada, 'delete', { seq: 2 })
  send('red plum')
  expect(texts('red')).toEqual(['red plum'])
  expect(texts('apple')).toEqual(['green apple'])
})

test('a deleted message leaves the index before the next search', () => {
  const { room, ada, send, texts } = newRoom()
  send('my password is swordfish')
  texts('swordfish')
  room.command(ada, 'delete', { seq: 1 })
  expect(room.sql.all(`SELECT * FROM line_text WHERE line_text MATCH 'swordfish'`)).toEqual([])
})

test('edited, deleted or trimmed text leaves no trace in the index', () => {
  const { room, ada, send, texts } = newRoom()
  send('trimmed xylophone', 'edited zucchini', 'deleted quokka', 'last')
  expect(texts('zucchini')).toEqual(['edited zucchini'])
  room.command(ada, 'edit', { seq: 2, content: 'edited' })
  room.command(ada, 'delete', { seq: 3 })
  room.room.context.log.trim(2)
  room.room.context.search.removeBefore(2)
  const blocks = room.sql.all<{ block: ArrayBuffer }>(`SELECT block FROM line_text_data`)
  const index = blocks.map(({ block }) => Buffer.from(block).toString('latin1')).join('')
  for (const trace of ['ylophone', 'ucchini', 'uokka']) expect(index).not.toContain(trace)
  expect(index).toContain('last')
  expect(room.sql.all(`SELECT rowid, content FROM line_text`)).toEqual([{ rowid: 4, content: 'last' }])
  expect(texts('edited')).toEqual(['edited'])
})

test('a snippet shows the words in context', () => {
  const { send, search } = newRoom()
  send(`${'before '.repeat(40)}needle${' after'.repeat(40)}`)
  expect(search('needle').found[0]?.snippet).toMatch(/^…before .*needle.* after…$/)
})

test('trimmed messages are not found, and leave the index', () => {
  const { room, send, texts } = newRoom()
  send('old news', 'new news')
  texts('news')
  room.room.context.log.trim(2)
  expect(texts('news')).toEqual(['new news'])
})

test('a long log is indexed newest first, a step at a time', () => {
  const { room, ada, search } = newRoom()
  const { log, sql } = room.room.context
  const data = { user_id: 'ada', user_name: 'Ada', client_id: null, hop: 0 }
  const append = (content: string) =>
    log.append({ type: 'message', user: 'ada', id: null, data: { ...data, content } }, room.now)
  const appendMany = (count: number) =>
    sql.transaction(() => {
      for (let n = 0; n < count; n++) append('needle')
    })
  append('oldest needle')
  appendMany(20_000)
  expect([search('oldest').complete, search('oldest').complete]).toEqual([false, false])
  room.command(ada, 'edit', { seq: 1, content: 'first needle' }) // not indexed yet
  expect(search('first')).toMatchObject({ found: [{ message: { seq: 1 } }], complete: true })
  expect(search('oldest').found).toEqual([])
  appendMany(10_001) // far behind again: it restarts with the newest
  append('newest needle')
  expect(search('newest')).toMatchObject({ found: [{ message: { seq: 30_004 } }], complete: false })
  expect(sql.all(`SELECT count(*) AS n FROM line_text`)).toEqual([{ n: 10_000 }])
})

test.each(['"', '*', 'a OR', 'NEAR(', 'body:x', "'; DROP TABLE events", '-', '()', '\ud800', '', 'x'.repeat(10_240)])(
  'a query is words, never syntax: %j',
  words => {
    const { send, search } = newRoom()
    send('a message')
    expect(Array.isArray(search(words).found)).toBe(true)
  },
)

test('no text breaks a search', () => {
  const { send, search } = newRoom()
  send('a message')
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), words => {
      expect(Array.isArray(search(words).found)).toBe(true)
    }),
    { seed: 20261121, numRuns: 500 },
  )
})
