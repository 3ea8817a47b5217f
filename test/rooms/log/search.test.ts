import fc from 'fast-check'
import { expect, test } from 'vitest'
import { migrate } from '../../../src/lib/migrations.ts'
import { builtinEvents } from '../../../src/protocol/events/builtin-events.ts'
import { schema } from '../../../src/rooms/log/schema.ts'
import { Search } from '../../../src/rooms/log/search.ts'
import { SearchQuery } from '../../../src/rooms/log/search-query.ts'
import { tokensOf } from '../../../src/rooms/log/search-tokens.ts'
import { nodeSql } from '../../support/node-sql.ts'
import { TestRoom } from '../../support/test-room.ts'

function newRoom() {
  const room = new TestRoom({ limits: { messages_per_second: 1e6, message_burst: 1e6, bytes_per_second: 1e9 } })
  const ada = room.open('ada')
  const send = (...contents: string[]) => {
    for (const content of contents) room.sendMessage(ada, content)
  }
  const search = (words: string, limit = 10) => room.room.context.search.find(words, { limit })
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

test('words in quotation marks follow each other, and the last is not the beginning of another', () => {
  const { send, texts } = newRoom()
  send('Line 77: the end', 'Line 779: more', 'the 77 lines', 'at line 5, 77')
  expect(texts('"Line 77"')).toEqual(['Line 77: the end'])
  expect(texts('“line 77” END')).toEqual(['Line 77: the end'])
  expect(texts('line 77')).toEqual(['at line 5, 77', 'Line 779: more', 'Line 77: the end'])
  expect(marked(['a b', 'so: a big cat'], '"big cat"')).toEqual(['big cat'])
})

test('pages of results follow each other, and those of one author are found by their name or id', () => {
  const { room, send } = newRoom()
  const bob = room.open('bob')
  send('one tea', 'two tea', 'three tea')
  room.sendMessage(bob, 'four tea')
  const page = (options: { limit: number; before?: number; from?: string }) => {
    const { found, next } = room.room.context.search.find('tea', options)
    return [found.map(({ message }) => message.data.content), next]
  }
  const [first, next] = page({ limit: 3 })
  expect(first).toEqual(['four tea', 'three tea', 'two tea'])
  expect(page({ limit: 3, before: Number(next) })).toEqual([['one tea'], null])
  expect(page({ limit: 4 })).toEqual([['four tea', 'three tea', 'two tea', 'one tea'], null])
  expect(page({ limit: 2, from: 'ADA' })[0]).toEqual(['three tea', 'two tea'])
  expect(page({ limit: 9, from: 'bob' })).toEqual([['four tea'], null])
  expect(page({ limit: 9, from: 'nobody' })).toEqual([[], null])
})

/** The parts of the first snippet that are marked as the words. */
function marked(contents: string[], words: string): string[] {
  const { send, search } = newRoom()
  send(...contents)
  const [first] = search(words).found
  return (first?.highlights ?? []).map(([from, to]) => first?.snippet.slice(from, to) ?? '')
}

test.each([
  ['我家在上海东边。', '上海', ['上海']],
  ['我家在上海东边。', '我家', ['我家']],
  ['我家在上海东边。', '东边', ['东边']],
  ['ประเทศไทยสวยงาม', 'ไทย', ['ไทย']],
  ['ຂ້ອຍຮັກປະເທດລາວຫຼາຍ', 'ລາວ', ['ລາວ']],
  ['ខ្ញុំស្រឡាញ់ប្រទេសកម្ពុជាណាស់', 'កម្ពុជា', ['កម្ពុជា']],
  ['မြန်မာနိုင်ငံသည်လှပသည်', 'နိုင်ငံ', ['နိုင်ငံ']],
  ['昨日東京タワーへ行きました', 'タワー', ['タワー']],
  ['昨日東京タワーへ行きました', '行きました', ['行きました']],
  ['우리학교에서만나요', '학교', ['학교']],
  ['在𠮷野家吃𠮷', '𠮷野家', ['𠮷野家']],
  ['我用GPT4模型', 'gpt4模型', ['GPT4模型']],
  ['我用 GPT4 模型', '模型 gpt', ['GPT4', '模型']],
  ['上海和北京', '北京 上海', ['上海', '北京']],
  ['ＡＢＣ and abc', 'abc', ['ＡＢＣ', 'abc']],
  ['abc', 'ＡＢＣ', ['abc']],
  ['a ﬁne day', 'fine', ['ﬁne']],
  ['ｶﾞｲﾄﾞを読む', 'ガイド', ['ｶﾞｲﾄﾞ']],
  ['ガイド', 'ｶﾞｲﾄﾞ', ['ガイド']],
  ['cafe\u0301 noir', 'CAFÉ', ['cafe\u0301']],
  ['Straße', 'strasse', ['Straße']],
  ['STRAẞE', 'straße', ['STRAẞE']],
  ['GROẞ', 'GROSS', ['GROẞ']],
  ['gross', 'GROẞ', ['gross']],
  ['ꦧꦱꦗꦮꦏꦸꦭꦺꦴꦤ꧀', 'ꦗꦮ', ['ꦗꦮ']],
  ['ᬩᬲᬩᬮᬶᬳ', 'ᬩᬮᬶ', ['ᬩᬮᬶ']],
  ['ᮘᮞᮞᮥᮔ᮪ᮓ', 'ᮞᮥᮔ᮪ᮓ', ['ᮞᮥᮔ᮪ᮓ']],
  ['ᨅᨔᨕᨘᨁᨗ', 'ᨕᨘᨁᨗ', ['ᨕᨘᨁᨗ']],
  ['ꨀꨇꩉꨌꩌ', 'ꨌꩌ', ['ꨌꩌ']],
  ['ᯀᯂᯘᯒ', 'ᯘᯒ', ['ᯘᯒ']],
  ['𑜀𑜁𑜂', '𑜁𑜂', ['𑜁𑜂']],
  ['བོད་སྐད་ཡིག', 'སྐད', ['སྐད']],
  ['ΟΔΟΣ', 'οδος', ['ΟΔΟΣ']],
  ['İstanbul', 'istanbul', ['İstanbul']],
  ['हिन्दी में', 'हिन्दी', ['हिन्दी']],
  ['well done 👍🏽!', '👍', ['👍🏽']],
  ['I ❤️ it', '❤', ['❤️']],
  ['from 🇩🇪 to 🇫🇷', '🇫🇷', ['🇫🇷']],
  ['a 👨‍👩‍👧 b', '👨‍👩‍👧', ['👨‍👩‍👧']],
  ['C++ and user_id', 'user_id', ['user', 'id']],
  ['ประเทศ\u200bไทย', 'เทศไทย', ['เทศ\u200bไทย']],
  ['葛\u{e0100}城市', '葛城', ['葛\u{e0100}城']],
  ['co\u00adop', 'coop', ['co\u00adop']],
  ['می\u200cخواهم', 'میخواهم', ['می\u200cخواهم']],
])('%j is found by %j, and %j is what is marked', (content, words, expected) => {
  expect(marked([content], words)).toEqual(expected)
})

test.each([
  ['我家在上海东边。', '海上'],
  ['我家在上海东边。', '上东'],
  ['上。海', '上海'],
  ['上 海', '上海'],
  ['ประเทศไทยสวยงาม', 'ยทไ'],
  ['from 🇩🇪 to 🇫🇷', '🇩🇫'],
  ['one 👍', '👎'],
  ['abc', 'bc'],
])('characters in another order, or apart, are not the word: %j is not found by %j', (content, words) => {
  expect(marked([content], words)).toEqual([])
})

test('every part of a sentence without spaces is found and marked as it is', () => {
  const characters = [...'上海我家在𠮷ประเทศไทยがぎタワー학교한국ລາວកម្ពုမြန်မာ']
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...characters), { minLength: 1, maxLength: 30 }),
      fc.nat(),
      fc.nat(),
      (text, a, b) => {
        const from = a % text.length
        const word = text.slice(from, from + 1 + (b % (text.length - from))).join('')
        const content = text.join('')
        const query = SearchQuery.read(word)
        const marks = query?.snippet(content).highlights.map(([start, end]) => content.slice(start, end)) ?? []
        expect(marks.length).toBeGreaterThan(0)
        for (const mark of marks) expect(mark.normalize('NFKC')).toContain(word.normalize('NFKC'))
      },
    ),
    { seed: 20261128, numRuns: 500 },
  )
})

test('words without spaces leave the index with an edit and a deletion', () => {
  const { room, ada, send, texts } = newRoom()
  send('我家在上海东边。', '他在上海')
  expect(texts('上海')).toHaveLength(2)
  room.command(ada, 'edit', { seq: 1, content: '我家在北京东边。' })
  room.command(ada, 'delete', { seq: 2 })
  expect(texts('上海')).toEqual([])
  expect(texts('北京')).toEqual(['我家在北京东边。'])
})

test('the index of an older version is filled again by the first search', () => {
  const sql = nodeSql()
  const step = schema.findIndex(statements => statements.some(statement => statement.includes('line_text')))
  migrate(sql, schema.slice(0, step))
  sql.all(`CREATE VIRTUAL TABLE line_text USING fts5 (content, tokenize = "unicode61 remove_diacritics 2")`)
  sql.all(
    `INSERT INTO events (seq, at, type, user, data) VALUES (1, 0, 'message', 'ada', '{"content":"我家在上海东边。"}')`,
  )
  sql.all(`INSERT INTO line_text (rowid, content) VALUES (1, '我家在上海东边。')`)
  sql.all(`INSERT INTO settings (key, value) VALUES ('search', '{"low":1,"high":1}')`)
  migrate(sql, schema)
  const search = new Search(sql, builtinEvents)
  expect(search.find('上海', { limit: 10 })).toMatchObject({ found: [{ message: { seq: 1 } }], complete: true })
})

test('an index that was made before more scripts and ẞ were known is filled again', () => {
  const sql = nodeSql()
  const step = schema.findLastIndex(statements => statements.includes(`DELETE FROM line_text`))
  migrate(sql, schema.slice(0, step))
  sql.all(`INSERT INTO events (seq, at, type, user, data) VALUES (1, 0, 'message', 'ada', '{"content":"GROẞ"}')`)
  sql.all(`INSERT INTO line_text (rowid, content) VALUES (1, 'groß')`)
  sql.all(`INSERT INTO settings (key, value) VALUES ('search', '{"low":1,"high":1}')`)
  expect(new Search(sql, builtinEvents).find('gross', { limit: 10 }).found).toEqual([])
  migrate(sql, schema)
  expect(new Search(sql, builtinEvents).find('gross', { limit: 10 }).found).toMatchObject([{ message: { seq: 1 } }])
})

test('upper and lower case of every character are the same word', () => {
  const wordsOf = (text: string) => tokensOf(text).map(({ word }) => word)
  for (let code = 0x80; code < 0x20000; code++) {
    const character = String.fromCodePoint(code)
    if (!/[\p{L}\p{N}]/u.test(character) || character.normalize('NFD').includes('\u0345')) continue // an iota, as a capital
    const words = wordsOf(character)
    for (const form of [character.toUpperCase(), character.toLowerCase()])
      expect(wordsOf(form), `${character} ${form}`).toEqual(words)
  }
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
