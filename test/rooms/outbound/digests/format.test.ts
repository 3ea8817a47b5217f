import { expect, test } from 'vitest'
import type { EventType, LoggedEvent } from '../../../../src/protocol/events/events.ts'
import { formatDigest } from '../../../../src/rooms/outbound/digests/format.ts'

const event = (type: EventType, data: object) => ({ type, data, seq: 1, at: 0, id: 'e' }) as unknown as LoggedEvent
const created = (path: string) => event('file_created', { path })
const changed = (path: string) => event('file_changed', { path })
const deleted = (path: string) => event('file_deleted', { path })
const empty = { ahead: 0, behind: 0, staged: [], changed: [], untracked: [], conflicted: [] as string[] }
const at = (branch: string | null, head: string, conflicted: string[] = []) => ({ ...empty, branch, head, conflicted })
const git = (...args: Parameters<typeof at>) => event('git_status', at(...args))
const main = at('main', 'aaaaaaa1')

test.each([
  ['one file', [changed('a.ts')], null, 'changed a.ts'],
  ['on a branch', [changed('a.ts')], main, 'main: changed a.ts'],
  ['a few', [created('a'), changed('b'), deleted('c')], null, 'created a, changed b, deleted c'],
  ['many', ['a', 'b', 'c', 'd', 'e'].map(changed), null, 'changed a, changed b, changed c, 2 more files'],
  ['often the same', [created('a'), changed('a'), changed('a')], null, 'created a'],
  ['created and deleted', [created('a'), deleted('a')], null, null],
  ['deleted and created', [deleted('a'), created('a')], null, 'changed a'],
  ['a commit', [git('main', 'bbbbbbb2')], main, 'main: now at bbbbbbb'],
  ['a branch', [git('topic', 'bbbbbbb2')], main, 'topic: switched from main, now at bbbbbbb'],
  ['a rebase under way', [git(null, 'bbbbbbb2')], main, 'no branch checked out, now at bbbbbbb'],
  ['a conflict', [git('main', 'aaaaaaa1', ['a.ts'])], main, 'main: 1 in conflict'],
  ['no conflict any more', [git('main', 'aaaaaaa1')], at('main', 'aaaaaaa1', ['a']), 'main: no conflict any more'],
  ['only other files', [git('main', 'aaaaaaa1')], main, null],
  ['names that are Markdown', [changed('[x](y).md')], at('a`b', 'aaaaaaa1'), '``a`b``: changed `[x](y).md`'],
  ['a name that looks like an address', [changed('www.x.example')], null, 'changed `www.x.example`'],
  ['messages', [event('message', { content: 'hello' })], null, null],
])('[digest] %s', (_, events, before, line) => {
  expect(formatDigest(events, before)).toBe(line)
})

test('[digest] a digest is one line, however long the paths', () => {
  const line = formatDigest(
    ['x', 'y', 'z'].map(name => changed(`${'deep/'.repeat(200)}${name}`)),
    main,
  )
  expect(line?.length).toBeLessThan(320)
  expect(line).not.toContain('\n')
})
