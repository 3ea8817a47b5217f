import { expect, test } from 'vitest'
import { eventually } from '../../support/eventually.ts'
import { askAs, join } from '../../support/in-worker.ts'

const jsonl = 'application/jsonl'
const importAs = (name: string, path: string, lines: string) => askAs(name, 'POST', path, lines, jsonl)
const event = (seq: number, more: object = {}) => ({
  type: 'message',
  data: { content: `line ${seq}`, user_id: 'ada', user_name: 'Ada', client_id: null, hop: 0 },
  timestamp: '2026-11-21T09:00:00.000Z',
  seq,
  id: `seq:${seq}`,
  user: 'ada',
  ...more,
})
const archive = (...events: object[]) => events.map(line => JSON.stringify(line)).join('\n')

async function createCircle(name: string) {
  const { json } = await askAs('ada', 'POST', '/api/circles', { name })
  return json as { epoch: string }
}

test('[W] an exported log is imported elsewhere: the same events with the same seq, under another epoch', async () => {
  await createCircle('source')
  await askAs('ada', 'POST', '/api/circles/source/messages', { content: 'one' })
  await askAs('bob', 'POST', '/api/circles/source/messages', { content: 'two\nlines', meta: { of: 'bob' } })
  const out = await askAs('bob', 'GET', '/api/circles/source/export')
  expect(out.text.trimEnd().split('\n')).toHaveLength(3)
  expect(out.text.endsWith('\n')).toBe(true)

  const { epoch } = await createCircle('target')
  const bob = await join('/ws/circles/target?name=bob')
  await eventually(() => expect(bob.frames).not.toEqual([]))
  expect(await importAs('ada', '/api/circles/target/import', out.text)).toMatchObject({
    status: 200,
    json: { events: 3 },
  })
  await eventually(() => expect(bob.closes).toEqual([1012]))
  const again = await askAs('bob', 'GET', '/api/circles/target/export')
  expect(again.text).toBe(out.text.replaceAll('circle:source', 'circle:target'))
  expect((await askAs('bob', 'GET', '/api/circles/target')).json).toMatchObject({
    head: 3,
    epoch: expect.not.stringMatching(epoch),
  })
  expect((await askAs('bob', 'GET', '/api/circles/target/search?q=two')).json.results).toMatchObject([{ seq: 3 }])
  expect(await askAs('bob', 'POST', '/api/circles/target/messages', { content: 'three' })).toMatchObject({
    json: { seq: 4 },
  })
})

test('[W] an edit keeps its target; a log that does not begin at 1 keeps its seqs', async () => {
  await createCircle('edited')
  const edit = { type: 'message_edited', data: { target: 41, content: 'plum jam', user_id: 'ada' } }
  expect(await importAs('ada', '/api/circles/edited/import', archive(event(41), event(42, edit)))).toMatchObject({
    status: 200,
  })
  expect((await askAs('ada', 'GET', '/api/circles/edited/search?q=plum')).json.results).toMatchObject([{ seq: 41 }])
  expect((await askAs('ada', 'GET', '/api/circles/edited')).json).toMatchObject({ earliest: 41, head: 42 })
})

test('[W] only an owner may import, and over a log only with replace', async () => {
  await createCircle('owned')
  expect(await importAs('bob', '/api/circles/owned/import', archive(event(1)))).toMatchObject({ status: 403 })
  expect(await importAs('ada', '/api/circles/owned/import', archive(event(1)))).toMatchObject({ status: 200 })
  expect(await importAs('ada', '/api/circles/owned/import', archive(event(1)))).toMatchObject({ status: 409 })
  const replaced = await importAs('ada', '/api/circles/owned/import?replace=true', archive(event(1), event(2)))
  expect(replaced).toMatchObject({ status: 200, json: { events: 2 } })
})

test.each<[string, string]>([
  ['invalid JSON', 'nonsense'],
  ['an unknown type', archive(event(1, { type: 'nonsense' }))],
  ['another type’s data', archive(event(1, { type: 'reaction' }))],
  ['a gap', archive(event(1), event(3))],
  ['the same seq twice', archive(event(1), event(1))],
  ['time that runs backwards', archive(event(1), event(2, { timestamp: '2025-11-21T09:00:00.000Z' }))],
  ['the same id twice', archive(event(1, { id: 'same' }), event(2, { id: 'same' }))],
  [
    'a message that replies to itself',
    archive(
      event(1, { data: { content: 'x', user_id: 'ada', user_name: 'Ada', client_id: null, hop: 0, reply_to: 1 } }),
    ),
  ],
  ['a line that is too long', archive(event(1, { id: 'x'.repeat(140_000) }))],
  ['a line that nests too deeply', `{"data":${'['.repeat(20_000)}`],
])('[W] an archive with %s changes nothing', async (_, lines) => {
  const circle = `/api/circles/strict-${crypto.randomUUID()}` // requests to one circle are limited
  await askAs('ada', 'POST', '/api/circles', { name: circle.split('/').at(-1) })
  const before = await askAs('ada', 'GET', `${circle}/export`)
  const refused = await importAs('ada', `${circle}/import`, lines)
  expect([refused.status, refused.json]).toEqual([400, { error: { code: 'invalid', message: expect.any(String) } }])
  expect((await askAs('ada', 'GET', `${circle}/export`)).text).toBe(before.text)
})

test.each(['', '\n\n'])('[W] an import of nothing replaces nothing: %j', async body => {
  await createCircle('precious')
  await askAs('ada', 'POST', '/api/circles/precious/messages', { content: 'kept' })
  const before = await askAs('ada', 'GET', '/api/circles/precious/export')
  const refused = await importAs('ada', '/api/circles/precious/import?replace=true', body)
  expect([refused.status, refused.json.error.code]).toEqual([400, 'empty'])
  expect((await askAs('ada', 'GET', '/api/circles/precious/export')).text).toBe(before.text)
})

test('[W] an imported event says who imported it, live and in history, but not in an archive nor on plain sockets', async () => {
  await createCircle('forged')
  const data = { content: 'buy', user_id: 'ceo', user_name: 'The boss', client_id: null, hop: 0 }
  const lines = archive(event(7, { data, user: 'ceo', origin: { imported_by: 'somebody else' } }))
  expect(await importAs('ada', '/api/circles/forged/import', lines)).toMatchObject({ status: 200 })
  const { json } = await askAs('bob', 'GET', '/api/circles/forged/events')
  expect(json.events).toMatchObject([{ seq: 7, data, origin: { imported_by: 'guest:ada' } }])
  await askAs('bob', 'POST', '/api/circles/forged/messages', { content: 'real' })
  const history = await askAs('bob', 'GET', '/api/circles/forged/events?after=7')
  expect(history.json.events[0]).not.toHaveProperty('origin')
  const bob = await join(
    `/ws/circles/forged?name=bob&since=6&epoch=${(await askAs('bob', 'GET', '/api/circles/forged')).json.epoch}`,
  )
  await eventually(() =>
    expect(bob.frames[1]?.data['events']).toMatchObject([{ origin: { imported_by: 'guest:ada' } }, {}]),
  )

  const out = await askAs('ada', 'GET', '/api/circles/forged/export')
  expect(out.text).not.toContain('imported_by')
  await createCircle('forged-again')
  expect(await importAs('ada', '/api/circles/forged-again/import', out.text)).toMatchObject({ status: 200 })
  const again = await askAs('ada', 'GET', '/api/circles/forged-again/export')
  expect(again.text).toBe(out.text.replaceAll('circle:forged', 'circle:forged-again'))
})

test('[W] an import must be JSON lines, and its circle must exist', async () => {
  expect(await askAs('ada', 'POST', '/api/circles/strict/import', '{}', 'text/plain')).toMatchObject({ status: 415 })
  expect(await importAs('ada', '/api/circles/nowhere-at-all/import', archive(event(1)))).toMatchObject({ status: 404 })
  expect(await askAs('ada', 'GET', '/api/circles/nowhere-at-all/export')).toMatchObject({ status: 404 })
})

test('[W] a long log is exported and imported page by page', async () => {
  await createCircle('long')
  const lines = archive(...Array.from({ length: 5_000 }, (_, index) => event(index + 1)))
  expect(await importAs('ada', '/api/circles/long/import', lines)).toMatchObject({ json: { events: 5_000 } })
  const { text } = await askAs('ada', 'GET', '/api/circles/long/export')
  const seqs = text
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line).seq)
  expect(seqs).toEqual(Array.from({ length: 5_000 }, (_, index) => index + 1))
})
