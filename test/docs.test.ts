import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')
const documents = [
  ...readdirSync(root).filter(name => name.endsWith('.md')),
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.md'))
    .map(name => join('docs', name)),
]

/** Where a document's links lead inside the repository, with code left out. */
function linksOf(document: string): string[] {
  const text = readFileSync(join(root, document), 'utf8').replace(/^```.*?^```$|`[^`\n]*`/gms, '')
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, to]) => String(to).replace(/#.*$/, ''))
    .filter(to => to !== '' && !/^[a-z]+:/.test(to))
}

test('links between the documents lead somewhere', () => {
  const broken = documents.flatMap(document =>
    linksOf(document)
      .filter(to => !existsSync(join(root, dirname(document), to)))
      .map(to => `${document} → ${to}`),
  )
  expect(broken).toEqual([])
})

test('README is short enough to be read', () => {
  expect(readFileSync(join(root, 'README.md'), 'utf8').split('\n').length).toBeLessThanOrEqual(150)
})
