import { describe, expect, test } from 'vitest'
import { circle, workspace } from '../../../src/protocol/channels/channel-kinds.ts'
import { type Publication, publication } from '../../../src/protocol/commands/publish-schema.ts'
import { start, TestRoom } from '../../support/test-room.ts'

const created = (id: string, path = `${id}.ts`, size = 10): Publication => ({
  id,
  type: 'file_created',
  data: { path, size },
})
const clean = { ahead: 0, behind: 0, staged: [], changed: [], untracked: [], conflicted: [] }
const status: Publication = { id: 'g1', type: 'git_status', data: { branch: 'main', head: 'a1b2c3d', ...clean } }

describe.each([
  ['awake', false],
  ['hibernated after every step', true],
])('a workspace that is %s', (_, hibernates) => {
  const newWorkspace = () => new TestRoom({ channel: workspace, name: 'acme', hibernates })

  test('[W] [L1] a batch is stored in its order and sent to every subscriber', () => {
    const room = newWorkspace()
    const ada = room.open('ada')
    room.advance(2_000)
    room.take(ada)
    expect(room.publish('bot', [created('e1'), status])).toEqual([
      { id: 'e1', seq: 1, duplicate: false },
      { id: 'g1', seq: 2, duplicate: false },
    ])
    const envelope = { timestamp: new Date(start + 2_000).toISOString(), channel: 'workspace:acme' }
    expect(room.take(ada)).toEqual([
      { type: 'file_created', data: { path: 'e1.ts', size: 10, by: 'bot' }, ...envelope, seq: 1, id: 'e1' },
      { type: 'git_status', data: status.data, ...envelope, seq: 2, id: 'g1' },
    ])
  })

  test('[L3] a batch sent again stores only what is new, and nobody receives the rest twice', () => {
    const room = newWorkspace()
    room.publish('bot', [created('e1')])
    const ada = room.open('ada')
    room.advance(2_000)
    room.take(ada)
    expect(room.publish('bot', [created('e1'), created('e2'), created('e2')])).toEqual([
      { id: 'e1', seq: 1, duplicate: true },
      { id: 'e2', seq: 2, duplicate: false },
      { id: 'e2', seq: 2, duplicate: true },
    ])
    expect(room.take(ada).map(frame => frame.id)).toEqual(['e2'])
  })

  test('[L3] the same id with other data is a conflict and affects nothing else', () => {
    const room = newWorkspace()
    room.publish('bot', [created('e1')])
    expect(room.publish('bot', [created('e1', 'other.ts'), created('e2')])).toMatchObject([
      { id: 'e1', refused: { code: 'conflict' } },
      { id: 'e2', seq: 2 },
    ])
    expect(room.publish('eve', [created('e1', 'other.ts')])).toMatchObject([{ id: 'e1', seq: 3 }])
  })

  test('[N2] a new session receives the last git status and each file once, the latest first', () => {
    const room = newWorkspace()
    room.publish('bot', [status, created('e1', 'a.ts'), created('e2', 'b.ts')])
    const mtime = new Date(start).toISOString()
    room.publish('bot', [
      { id: 'e3', type: 'file_changed', data: { path: 'a.ts', size: 12, mtime, diff: '+secret' } },
      { id: 'e4', type: 'file_deleted', data: { path: 'b.ts' } },
    ])
    expect(room.take(room.open('ada'))[0]?.data.workspace).toEqual({
      git: status.data,
      files: [
        { path: 'b.ts', change: 'deleted', seq: 5, by: 'bot' },
        { path: 'a.ts', change: 'changed', seq: 4, size: 12, mtime, by: 'bot' },
      ],
    })
  })
})

test('[N2] the welcome of a new workspace is empty, and that of a circle has no workspace', () => {
  const room = new TestRoom({ channel: workspace, name: 'acme' })
  expect(room.take(room.open('ada'))[0]?.data.workspace).toEqual({ git: null, files: [] })
  const other = new TestRoom()
  expect(other.take(other.open('ada'))[0]?.data).not.toHaveProperty('workspace')
})

test('[A5] a reader publishes nothing to a workspace, and nobody publishes files to a circle', () => {
  const room = new TestRoom({ channel: workspace, name: 'acme' })
  expect(room.publish('eve', [created('e1')], 'reader')).toMatchObject([{ id: 'e1', refused: { code: 'read_only' } }])
  const dev = new TestRoom({ channel: circle })
  expect(dev.publish('bot', [created('e1')])).toMatchObject([{ id: 'e1', refused: { code: 'invalid' } }])
})

test.each([
  ['an absolute path', { path: '/etc/passwd' }],
  ['a path outside the root', { path: 'src/../../x' }],
  ['a path with a line feed', { path: 'a\nb' }],
  ['a path with backslashes', { path: 'a\\b' }],
  ['a drive', { path: 'c:x' }],
  ['no path', { path: '' }],
  ['a claimed author', { path: 'a', by: 'ada' }],
  ['half a size', { path: 'a', size: 0.5 }],
  ['an invalid hash', { path: 'a', sha256: 'abc' }],
  ['an invalid time', { path: 'a', mtime: 'yesterday' }],
  ['a diff over 16 KiB', { path: 'a', diff: '€'.repeat(5_462) }],
])('[W] %s is refused', (_, data) => {
  expect(publication.safeParse({ id: 'e1', type: 'file_changed', data }).success).toBe(false)
})

test('[W] ordinary file names are accepted', () => {
  for (const path of ['.gitignore', 'src/a.ts', 'docs/Ärger über 日本.md', 'a..b/...c', '[id]/page (1).tsx']) {
    expect(publication.safeParse({ id: 'e1', type: 'file_changed', data: { path } }).success, path).toBe(true)
  }
})
