import { expect, test } from 'vitest'
import type { EventFrame } from '../../../src/client/frames.ts'
import { Timeline } from '../../../src/client/state/timeline.ts'
import { fileCount, fileTree, type TreeNode } from '../../../src/web/panels/file-tree.ts'

function entriesOf(
  ...changes: readonly (readonly [type: 'file_created' | 'file_changed' | 'file_deleted', path: string])[]
) {
  const timeline = new Timeline()
  const events = changes.map(([type, path], index): EventFrame => {
    const timestamp = new Date(index * 1_000).toISOString()
    return { type, data: { path }, seq: index + 1, id: `e${index}`, timestamp, channel: 'workspace:acme' }
  })
  timeline.insert(events)
  return timeline.entries
}

/** A tree in short: `name: […]` for a folder, `name seq,seq` for a file, `-name` for one that was deleted. */
const short = (nodes: readonly TreeNode[]): unknown[] =>
  nodes.map(node =>
    node.kind === 'folder'
      ? { [`${node.name} ${node.count}`]: short(node.children) }
      : `${node.isDeleted ? '-' : ''}${node.name} ${node.changes.map(({ seq }) => seq).join()}`,
  )

test('files are in their folders, which come first; a folder that holds one folder alone is one with it', () => {
  const tree = fileTree(
    entriesOf(
      ['file_created', 'src/web/app.tsx'],
      ['file_created', 'README.md'],
      ['file_changed', 'src/web/panels/search.tsx'],
      ['file_changed', 'docs/2.md'],
      ['file_changed', 'docs/10.md'],
      ['file_changed', 'src/web/app.tsx'],
    ),
  )
  expect(short(tree)).toEqual([
    { 'docs 2': ['2.md 4', '10.md 5'] },
    { 'src/web 2': [{ 'panels 1': ['search.tsx 3'] }, 'app.tsx 6,1'] },
    'README.md 2',
  ])
  expect(fileCount(tree)).toBe(5)
})

test('a file that was deleted is marked, until it is there again', () => {
  expect(short(fileTree(entriesOf(['file_created', 'a'], ['file_deleted', 'a'])))).toEqual(['-a 2,1'])
  expect(short(fileTree(entriesOf(['file_deleted', 'a'], ['file_created', 'a'])))).toEqual(['a 2,1'])
})

test('a path that is a file and a folder is both', () => {
  expect(short(fileTree(entriesOf(['file_deleted', 'lib'], ['file_created', 'lib/a'])))).toEqual([
    { 'lib 1': ['a 2'] },
    '-lib 1',
  ])
})

test('there are 10 changes of a file at most, and 2,000 files', () => {
  const many = fileTree(entriesOf(...Array.from({ length: 12 }, () => ['file_changed', 'a'] as const)))
  expect(short(many)).toEqual(['a 12,11,10,9,8,7,6,5,4,3'])
  const files = Array.from({ length: 2_001 }, (_, index) => ['file_changed', `f${index}`] as const)
  expect(fileCount(fileTree(entriesOf(...files)))).toBe(2_000)
})
