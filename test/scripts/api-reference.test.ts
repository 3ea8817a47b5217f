import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { generateApiReference } from '../../scripts/generate-api-reference.mjs'

const folder = join(import.meta.dirname, '../../docs/api')
const expected: Map<string, string> = generateApiReference()

test('docs/api is what `npm run generate` makes of the sources', () => {
  const present = readdirSync(folder).map(name => [name, readFileSync(join(folder, name), 'utf8')] as const)
  expect(Object.fromEntries(present)).toEqual(Object.fromEntries(expected))
})

test('every public export has a docstring, also one that another package declares', () => {
  const bare = [...expected].flatMap(([file, text]) =>
    [...text.matchAll(/^## (\w+)\n\n(?=```|\n|See )/gm)].map(([, name]) => `${file}: ${name}`),
  )
  expect(bare).toEqual([])
})
