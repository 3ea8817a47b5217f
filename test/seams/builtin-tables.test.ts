import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readSources, sourceFolder } from '../support/source.ts'

/** The files that choose the tables of a program; everything else is handed its tables. */
const choosing = /^(protocol\/|stubs\.ts$|worker\.ts$|server\/|web\/tables\.ts$|cli\/main\.ts$)/

test('only the Worker, its library, the page and the command line name our own tables', () => {
  const naming = readSources(sourceFolder)
    .map(({ path }) => path)
    .filter(path =>
      /^(import|export \{) .*\b(roomCommands|builtin(Tables|Kinds|Events|Commands|Summaries|Components|Hooks))\b/m.test(
        readFileSync(join(sourceFolder, path), 'utf8'),
      ),
    )
  expect(naming).toContain('server/circle-tables.ts')
  expect(naming.filter(path => !choosing.test(path))).toEqual([])
})
