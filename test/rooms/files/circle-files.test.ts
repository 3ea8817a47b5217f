import { expect, test } from 'vitest'
import type { Attachment } from '../../../src/protocol/files.ts'
import { CircleFiles } from '../../../src/rooms/files/circle-files.ts'
import { circleFiles } from '../../../src/rooms/files/files.ts'
import { builtinHooks, type Hooks } from '../../../src/rooms/hooks.ts'
import { importTimeout } from '../../../src/rooms/log/import-timeout.ts'
import { retention } from '../../../src/rooms/log/retention.ts'
import { metering } from '../../../src/rooms/metering/metering.ts'
import { nothing } from '../../../src/rooms/outcome.ts'
import type { FileRequest, FileResults } from '../../../src/rpc/files.ts'
import { modes, TestRoom, type TestSession } from '../../support/test-room.ts'

const fast = { messages_per_second: 1e6, message_burst: 1e6, bytes_per_second: 1e9, user_message_burst: 1e6 }
const content = { media_type: 'image/png', sha256: '0'.repeat(64), width: 320, height: 200 }
const dayMs = 86_400_000

type Role = Parameters<TestRoom['callerSession']>[1]

/** A circle with files, whose bucket the test plays. */
function newRoom({ hibernates = false, hooks = builtinHooks }: { hibernates?: boolean; hooks?: Hooks } = {}) {
  const removing: { ids: readonly string[]; keys: readonly string[] }[] = []
  const folders: string[] = []
  const files = circleFiles({
    remove: (ids, keys) => {
      room.working.add('files') // a deletion keeps the object awake
      removing.push({ ids, keys })
    },
    removeFolder: key => void folders.push(key),
  })
  const components = [retention, importTimeout, files, metering]
  const room: TestRoom = new TestRoom({ hibernates, limits: fast, tables: { components, hooks } })
  const ask = <Name extends FileRequest['do']>(
    name: string,
    request: Extract<FileRequest, { do: Name }>,
    role: Role = 'member',
  ): FileResults[Name] | string => {
    const answer = room.stepWithResult(it =>
      it.handleAdmin(room.callerSession(name, role), { do: 'component', name: 'files', request }, room.now),
    )
    return 'refused' in answer ? answer.refused.code : (answer.value as FileResults[Name])
  }
  const begin = (name: string, filename = 'a.png', bytes = 1_000, role: Role = 'member') =>
    ask<'begin'>(name, { do: 'begin', name: filename, bytes, base: 'https://circles.test' }, role)
  /** Uploads a file and returns its id. */
  const upload = (name: string, filename?: string, bytes?: number): string => {
    const begun = begin(name, filename, bytes)
    if (typeof begun === 'string') throw new Error(begun)
    expect(ask<'finish'>(name, { do: 'finish', id: begun.id, content })).toMatchObject({ id: begun.id })
    return begun.id
  }
  const get = (name: string, id: string, role?: Role) => {
    const found = ask<'get'>(name, { do: 'get', id }, role)
    return typeof found === 'string' ? found : found.file
  }
  /** The bucket has deleted what it was told to (or could not). Returns the ids. */
  const takeRemoved = (isDone = true): string[] => {
    const all: string[] = []
    for (let next = removing.shift(); next !== undefined; next = removing.shift()) {
      const { ids } = next
      all.push(...ids)
      room.working.delete('files')
      room.step(it =>
        it.run(({ components }) => {
          components.get(CircleFiles).deleted(ids, isDone, room.now)
          return nothing
        }, room.now),
      )
      if (!isDone) break
    }
    return all.toSorted()
  }
  const send = (session: TestSession, attachments: readonly string[], text = '', id?: string) => {
    room.command(session, 'message', { content: text, attachments }, id)
    return room.take(session).findLast(({ type }) => type === 'ack' || type === 'error')?.data
  }
  return { room, removing, folders, ask, begin, upload, get, takeRemoved, send }
}

const messages = (room: TestRoom) =>
  room.room.context.log.after(0, 100).events.flatMap(event => (event.type === 'message' ? event.data : []))

test.each(modes)(
  'a message names files of its sender, and everybody receives what they are: $mode',
  ({ hibernates }) => {
    const { room, upload, send, get } = newRoom({ hibernates })
    const [ada, bob] = [room.open('ada'), room.open('bob')]
    const id = upload('ada', 'C:\\photos\\cat.png')
    expect(get('bob', id)).toBe('not_found') // nobody else may read it yet
    room.take(bob)
    expect(send(ada, [id], 'look', 'c1')).toMatchObject({ id: 'c1', seq: 1 })
    const attachment: Attachment = { id, name: 'cat.png', bytes: 1_000, ...content }
    const [frame] = room.take(bob)
    expect(frame).toMatchObject({ type: 'message', data: { content: 'look', attachments: [attachment] } })
    expect(get('bob', id, 'reader')).toEqual(attachment)
  },
)

test('[L3] a message with files is stored once, and compared with them', () => {
  const { room, upload, send } = newRoom()
  const ada = room.open('ada')
  const [one, two] = [upload('ada'), upload('ada', 'b.png')]
  expect(send(ada, [one], 'x', 'c1')).toEqual({ id: 'c1', seq: 1 })
  expect(send(ada, [one], 'x', 'c1')).toEqual({ id: 'c1', seq: 1, duplicate: true })
  expect(send(ada, [two], 'x', 'c1')).toMatchObject({ code: 'conflict' })
  expect(send(ada, [], 'x', 'c1')).toMatchObject({ code: 'invalid' })
  room.command(ada, 'message', { content: 'x' }, 'c1')
  expect(room.take(ada).at(-1)).toMatchObject({ type: 'error', data: { code: 'conflict' } })
  expect(messages(room)).toHaveLength(1)
})

test('a message of files alone says their names, for whatever shows no files', () => {
  const { room, upload, send } = newRoom()
  const ada = room.open('ada')
  send(ada, [upload('ada', 'a.png'), upload('ada', 'b.pdf')])
  expect(messages(room)[0]?.content).toBe('a.png, b.pdf')
})

test.each([
  ['of somebody else', 'not_found', (upload: (name: string) => string) => [upload('bob')]],
  ['that does not exist', 'not_found', () => ['nothing']],
  ['twice', 'invalid', (upload: (name: string) => string) => Array(2).fill(upload('ada'))],
])('a message cannot name a file %s', (_, code, ids) => {
  const { room, upload, send } = newRoom()
  const ada = room.open('ada')
  expect(
    send(
      ada,
      ids(name => upload(name)),
      'x',
    ),
  ).toMatchObject({ code })
  expect(messages(room)).toEqual([])
})

test('[F2] a file is of one message, and one whose bytes have not all come is of none', () => {
  const { room, upload, begin, send } = newRoom()
  const ada = room.open('ada')
  const id = upload('ada')
  send(ada, [id], 'x')
  expect(send(ada, [id], 'again')).toMatchObject({ code: 'conflict' })
  const begun = begin('ada')
  expect(send(ada, [typeof begun === 'string' ? begun : begun.id], 'x')).toMatchObject({ code: 'not_found' })
})

test('a rule of the circle sees what a message names, and can refuse it', () => {
  const seen: unknown[] = []
  const beforeStore: Hooks['beforeStore'] = [
    (_, { attachments, type }) => {
      seen.push([type, attachments?.map(({ name }) => name)])
      return attachments === undefined ? null : { refused: { code: 'forbidden', message: 'No files.' } }
    },
  ]
  const { room, upload, send } = newRoom({ hooks: { ...builtinHooks, beforeStore } })
  const ada = room.open('ada')
  expect(send(ada, [upload('ada')], 'x')).toMatchObject({ code: 'forbidden' })
  room.sendMessage(ada, 'y')
  room.command(ada, 'edit', { seq: 1, content: 'z' })
  expect(seen).toEqual([
    ['message', ['a.png']],
    ['message', undefined],
    ['message_edited', undefined],
  ])
})

test('[F1] without files, a message that names one is refused, and says how to get them', () => {
  const room = new TestRoom()
  const ada = room.open('ada')
  room.command(ada, 'message', { content: 'x', attachments: ['f'] })
  expect(room.take(ada).at(-1)).toMatchObject({ data: { code: 'files_unavailable', message: /--with files/ } })
  expect(room.room.context.components.named('files')).toBeNull()
})

test('the welcome says whether files can be uploaded', () => {
  const { room } = newRoom()
  const welcome = (one: TestRoom) => one.takeData(one.open('ada'))
  expect([welcome(room), welcome(new TestRoom())].map(data => 'files' in data)).toEqual([true, false])
})

test('whoever may not write uploads nothing, and whoever may not be here reads nothing', () => {
  const { room, begin, upload, send, get, ask } = newRoom()
  const ada = room.open('ada', { role: 'owner' })
  const id = upload('ada')
  send(ada, [id], 'x')
  expect(begin('eve', 'a.png', 1, 'reader')).toBe('read_only')
  room.manageMembers('ada', { do: 'change', user: 'eve', change: { banned: true } }, 'owner')
  expect(get('eve', id)).toBe('banned')
  room.command(ada, 'configure', { visibility: 'private' })
  expect(get('zoe', id)).toBe('not_found')
  expect(ask('zoe', { do: 'sign', id, seconds: 60 })).toBe('not_found')
})

test('[F3] what no message names is deleted after a day; what one names stays', () => {
  const { room, upload, begin, send, takeRemoved, get } = newRoom()
  const ada = room.open('ada')
  const [kept, left] = [upload('ada'), upload('ada')]
  const begun = begin('ada') // whose bytes never came
  send(ada, [kept], 'x')
  room.disconnect(ada)
  room.advance(dayMs - 1)
  expect([takeRemoved(), get('ada', left)]).toEqual([[], expect.objectContaining({ id: left })])
  room.advance(1)
  expect(takeRemoved()).toEqual([left, typeof begun === 'string' ? '' : begun.id].toSorted())
  expect([get('ada', left), get('ada', kept)]).toEqual(['not_found', expect.objectContaining({ id: kept })])
  expect(room.room.nextAlarm()).toBeNull()
})

test('a deletion that fails is tried again, also after a crash', () => {
  const { room, upload, ask, removing, takeRemoved } = newRoom()
  const id = upload('ada')
  ask('ada', { do: 'drop', id })
  expect(removing.map(({ ids }) => ids)).toEqual([[id]])
  expect(takeRemoved(false)).toEqual([id])
  expect(removing).toEqual([])
  room.advance(60_000)
  expect(removing).toHaveLength(1)
  removing.splice(0)
  room.crash()
  room.step(() => nothing)
  expect(takeRemoved()).toEqual([id])
  expect(removing).toEqual([])
})

test('nobody deletes a file of somebody else, or one that a message names', () => {
  const { room, upload, send, ask, get, removing } = newRoom()
  const ada = room.open('ada')
  const [one, two] = [upload('ada'), upload('ada')]
  send(ada, [one], 'x')
  for (const [name, id] of [
    ['ada', one],
    ['bob', two],
  ] as const)
    ask(name, { do: 'drop', id })
  expect([get('ada', one), get('ada', two)]).toEqual([
    expect.objectContaining({ id: one }),
    expect.objectContaining({ id: two }),
  ])
  expect(removing).toEqual([])
})

test('a file is deleted with its message, and an edit keeps it', () => {
  const { room, upload, send, get, takeRemoved } = newRoom()
  const ada = room.open('ada')
  const id = upload('ada')
  send(ada, [id], 'x')
  room.command(ada, 'edit', { seq: 1, content: 'y' })
  expect(get('bob', id)).toMatchObject({ id })
  const before = room.room.context.log.bytes
  room.command(ada, 'delete', { seq: 1 })
  expect(get('bob', id)).toBe('not_found')
  expect(takeRemoved()).toEqual([id])
  expect(messages(room)[0]).toMatchObject({ content: '', deleted: true })
  expect(messages(room)[0]).not.toHaveProperty('attachments')
  expect(before - room.room.context.log.bytes).toBeGreaterThan(900)
  expect(room.room.context.components.storedBytes()).toBe(0)
})

test('[L6] the bytes of files count, and files go with the events that retention removes', () => {
  const { room, upload, send, takeRemoved } = newRoom()
  const ada = room.open('ada', { role: 'owner' })
  room.command(ada, 'configure', { retention: { bytes: 1_000_000 } })
  const ids = Array.from({ length: 4 }, () => upload('ada', 'a.png', 400_000))
  for (const id of ids.slice(0, 2)) send(ada, [id], 'x')
  expect(room.room.context.log.bytes).toBeGreaterThan(800_000)
  room.hibernate()
  expect(room.room.context.log.bytes).toBeGreaterThan(800_000) // counted anew
  for (const id of ids.slice(2)) send(ada, [id], 'x')
  room.advance(1)
  expect(takeRemoved()).toEqual(ids.slice(0, 2).toSorted())
  expect(room.room.context.components.storedBytes()).toBe(800_000)
})

test('[F4] a signed address reads a file for whoever has it, until it expires, and no other', () => {
  const { room, upload, send, ask } = newRoom()
  const ada = room.open('ada')
  const [id, other] = [upload('ada'), upload('ada')]
  send(ada, [id], 'x')
  const signed = ask<'sign'>('bob', { do: 'sign', id, seconds: 100_000 })
  if (typeof signed === 'string') throw new Error(signed)
  expect(signed.expires).toBe(room.now + 600_000)
  const read = (file: string, change: object = {}) => {
    const found = ask<'get'>('system:file:x', { do: 'get', id: file, signed: { ...signed, ...change } }, 'reader')
    return typeof found === 'string' ? found : found.file.id
  }
  expect([read(id), read(other), read(id, { expires: signed.expires + 1 }), read(id, { signature: 'x' })]).toEqual([
    id,
    ...Array(3).fill('forbidden'),
  ])
  room.advance(600_000)
  expect(read(id)).toBe('forbidden')
  expect(ask('bob', { do: 'sign', id: other, seconds: 60 })).toBe('not_found') // not his, and not named
})

test('[F5] [T1] an agent gets what files are, and addresses at which it can read them', () => {
  const { room, upload, send, ask } = newRoom()
  const ada = room.open('ada')
  const id = upload('ada', 'cat.png')
  send(ada, [id], '@pickle what is this?')
  const asked = room.calls.at(-1)?.asked
  const file = asked?.parts?.[1]
  expect(asked?.parts).toEqual([
    { type: 'text', text: '@pickle what is this?' },
    { type: 'file', name: 'cat.png', media_type: 'image/png', bytes: 1_000, url: expect.any(String) },
  ])
  const url = new URL(file?.type === 'file' ? file.url : '')
  expect(url.href).toMatch(/^https:\/\/circles\.test\/api\/signed-files\/dev\//)
  const signed = { expires: Number(url.searchParams.get('expires')), signature: `${url.searchParams.get('signature')}` }
  expect(ask('system:file:x', { do: 'get', id, signed }, 'reader')).toMatchObject({ file: { id } })
})

test('one person has at most a hundred files that wait for a message', () => {
  const { begin, upload } = newRoom()
  for (let count = 0; count < 100; count++) upload('ada')
  expect(begin('ada')).toBe('conflict')
  expect(begin('bob')).toMatchObject({ id: expect.any(String) })
})

test('a circle that is deleted takes its folder along; one without files has none', () => {
  const { room, upload, folders, begin } = newRoom()
  room.room.context.components.get(CircleFiles).onDelete()
  expect(folders).toEqual([])
  upload('ada')
  room.room.context.components.get(CircleFiles).onDelete()
  const begun = begin('ada')
  const key = typeof begun === 'string' ? '' : begun.key
  expect(folders).toEqual([key.slice(0, key.lastIndexOf('/') + 1)])
  expect(key).toMatch(/^dev\/[^/]+\/[^/]+$/)
})

test('[F6] an import keeps the files that are here, deletes the others, and marks what is missing', () => {
  const { room, upload, send, get, takeRemoved } = newRoom()
  const ada = room.open('ada', { role: 'owner' })
  const [one, two] = [upload('ada', 'one.png'), upload('ada', 'two.png')]
  send(ada, [one], 'x')
  send(ada, [two], 'y')
  const archive = (step: object) =>
    room.stepWithResult(it =>
      it.handleAdmin(room.callerSession('ada', 'owner'), { do: 'import', step } as never, room.now),
    )
  const begun = archive({ replace: true })
  const { id } = 'value' in begun ? (begun.value as { id: string }) : { id: '' }
  const message = (seq: number, attachments: Attachment[]) => ({
    ...{ type: 'message', seq, at: room.now, id: `m${seq}`, user: 'ada' },
    data: { content: 'x', user_id: 'ada', user_name: 'Ada', client_id: null, attachments, hop: 0 },
  })
  const file = (id: string, change: object = {}): Attachment => ({ id, name: 'a.png', bytes: 9, ...content, ...change })
  const events = [
    message(1, [file(one)]),
    message(2, [file(two, { sha256: '1'.repeat(64) })]),
    message(3, [file('elsewhere')]),
  ]
  archive({ id, events })
  expect(archive({ id })).toMatchObject({ value: { events: 3 } })
  expect(messages(room).map(({ attachments }) => attachments?.map(({ missing }) => missing))).toEqual([
    [undefined],
    [true],
    [true],
  ])
  expect([get('bob', one), get('bob', two)]).toEqual([expect.objectContaining({ id: one }), 'not_found'])
  expect(takeRemoved()).toEqual([two])
})
