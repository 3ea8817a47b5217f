import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')
const documents = [
  ...readdirSync(root).filter(name => name.endsWith('.md')),
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.md'))
    .map(name => join('docs', name)),
  'bench/results/README.md',
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

test('SECURITY.md names tests that exist', () => {
  const rows = readFileSync(join(root, 'SECURITY.md'), 'utf8').matchAll(/^\| .* \|$/gm)
  const named = [...rows].flatMap(([row]) =>
    [...row.matchAll(/`((?:test|docs)\/[^`]+|[^`]+\.test\.tsx?)`/g)].map(([, path = '']) => path),
  )
  expect(named.length).toBeGreaterThan(80)
  expect(named.filter(path => globSync(path, { cwd: root }).length === 0)).toEqual([])
})

test('README is short enough to be read', () => {
  expect(readFileSync(join(root, 'README.md'), 'utf8').split('\n').length).toBeLessThanOrEqual(150)
})

const decisions = readdirSync(join(root, 'docs/decisions')).filter(name => name !== 'README.md')
const statusLine = /^Status: (accepted|superseded (?:in part )?by \[(\d{4})\]\(\2-[\w-]+\.md\)) · \d{4}-\d\d-\d\d$/

/** The parts of a decision record that its form prescribes; a part that is missing is empty. */
function decisionForm(file: string) {
  const lines = readFileSync(join(root, 'docs/decisions', file), 'utf8').split('\n')
  const [, number = '', title = ''] = /^# (\d{4}): (.+)$/.exec(lines[0] ?? '') ?? []
  const [, status = ''] = statusLine.exec(lines[2] ?? '') ?? []
  return { file, number, title, status, headings: lines.filter(line => line.startsWith('## ')) }
}

/** The index's rows: record, title, status and a summary, which may not be empty. */
function decisionIndex() {
  const text = readFileSync(join(root, 'docs/decisions/README.md'), 'utf8')
  const rows = text.matchAll(/^\| \[(\d{4})\]\((\S+)\) +\| (.+?) +\| (.+?) +\| [^|]*\w[^|]*\|$/gm)
  return [...rows].map(([, number, file, title, status]) => ({ file, number, title, status }))
}

test('a decision record has a title, a status and its four headings in order', () => {
  const headings = ['## Problem', '## Choice', '## Rejected', '## Consequences']
  const odd = decisions
    .map(decisionForm)
    .filter(
      ({ file, number, title, status, headings: found }) =>
        !/^\d{4}-[a-z0-9-]+\.md$/.test(file) ||
        !file.startsWith(`${number}-`) ||
        title === '' ||
        status === '' ||
        found.join() !== headings.join(),
    )
  expect(odd).toEqual([])
})

test('the index of decisions lists every record in order, with its title and its status', () => {
  const listed = decisions.toSorted().map(file => {
    const { number, title, status } = decisionForm(file)
    return { file, number, title, status }
  })
  expect(decisionIndex()).toEqual(listed)
  const text = readFileSync(join(root, 'docs/decisions/README.md'), 'utf8')
  expect(text).toMatch(/^\| record +\| title .*\n\| -+ .*\n\| \[0001\]/m)
})
