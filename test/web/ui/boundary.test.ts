import { expect, test } from 'vitest'
import { componentFolders } from '../../../scripts/package-ui.mjs'
import { readSources, sourceFolder } from '../../support/source.ts'

const sources = new Map(readSources(sourceFolder).map(source => [source.path, source]))

/** The modules that a module imports, directly or indirectly, also on demand. */
function reachable(path: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(path) || !sources.has(path)) return seen
  seen.add(path)
  for (const { from, typeOnly } of sources.get(path)?.imports ?? []) if (!typeOnly) reachable(from, seen)
  return seen
}

const components = reachable('web/ui/index.ts')

test('the components reach nothing of the page that holds its addresses, its columns or its reader', () => {
  expect(components).toContain('web/conversation/thread.tsx')
  expect(components).toContain('web/files/upload.ts')
  const isOfComponents = (path: string): boolean =>
    /^(client|protocol)\//.test(path) || componentFolders.some(folder => path.startsWith(`web/${folder}/`))
  expect([...components].filter(path => !isOfComponents(path))).toEqual(['web/tables.ts'])
})

test('the page is made of them', () => {
  const page = reachable('web/main.tsx')
  const names = [
    'conversation/message-list',
    'conversation/thread',
    'composer/composer',
    'people/people',
    'inbox/inbox',
  ]
  for (const name of [...names, 'conversation/events/approval-card', 'conversation/message/streaming-turn'])
    expect(page, name).toContain(`web/${name}.tsx`)
})
