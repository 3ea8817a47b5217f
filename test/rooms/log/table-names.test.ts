import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const source = join(import.meta.dirname, '../../../src')
const inCircles = ['lib', 'rooms', 'server', 'documents', 'agents']

// Before circles could have tables of their own. Add none: a new name could be taken in somebody's circle.
const known =
  `after_event allowances approvals arriving arriving_rows circle_documents circle_library digests document_edits
  document_last_edit document_library document_suggestions document_updates document_version_parts document_versions events
  invitations line_text members meter own_commands own_schedule past reactions schema_version settings sinks tickets
  turn_steps turns webhooks`.split(/\s+/)

test('a new table in the database of a circle begins with circles_, which no table of one’s own does', () => {
  const texts = inCircles.flatMap(folder =>
    readdirSync(join(source, folder), { recursive: true, encoding: 'utf8' })
      .filter(file => file.endsWith('.ts'))
      .map(file => readFileSync(join(source, folder, file), 'utf8')),
  )
  const made = texts.flatMap(text => [...text.matchAll(/CREATE (?:VIRTUAL )?TABLE (?:IF NOT EXISTS )?(\w+)/g)])
  const names = new Set(made.map(([, name = '']) => name).filter(name => !name.startsWith('circles_')))
  expect([...names].filter(name => !known.includes(name))).toEqual([])
  expect(names).toContain('events')
})
