import { expect, test } from 'vitest'
import * as z from 'zod'
import { describeIssue } from '../../src/protocol/describe-issue.ts'

const schema = z.strictObject({
  title: z.string().min(1).max(64),
  role: z.enum(['reader', 'member']),
  uses: z.int().min(1).max(10).optional(),
  tags: z
    .array(z.strictObject({ name: z.string().regex(/^[a-z]+$/) }))
    .max(2)
    .default([]),
  when: z.iso.datetime().nullish(),
})
const valid = { title: 'x', role: 'reader' }

test.each<[object | string | null, string]>([
  [{ ...valid, titel: 'x' }, 'This value has a key that is unknown here; it takes title, role, uses, tags, when.'],
  [
    { role: 'reader', titel: 'x' },
    'This value has a key that is unknown here; it takes title, role, uses, tags, when.',
  ],
  [{ ...valid, tags: [{ name: 'a', colour: 'b' }] }, '`tags.0` has a key that is unknown here; it takes name.'],
  [{ role: 'reader' }, '`title` must be text.'],
  [{ ...valid, title: '' }, '`title` must have at least 1 character.'],
  [{ ...valid, title: 'x'.repeat(65) }, '`title` must have at most 64 characters.'],
  [{ ...valid, role: '<script>' }, '`role` must be "reader" or "member".'],
  [{ ...valid, uses: 11 }, '`uses` must be at most 10.'],
  [{ ...valid, uses: 1.5 }, '`uses` must be a whole number.'],
  [{ ...valid, tags: [{}] }, '`tags.0.name` must be text.'],
  [{ ...valid, tags: [{ name: 'a' }, { name: 'b' }, { name: 'c' }] }, '`tags` must have at most 2 entries.'],
  [{ ...valid, tags: [{ name: 'A' }] }, '`tags.0.name` must match /^[a-z]+$/.'],
  [{ ...valid, when: 'today' }, '`when` must be a valid datetime.'],
  ['text', 'This value must be an object.'],
  [null, 'This value must be an object.'],
])('[E2] the refusal of %j says what would be right, and not what was sent', (value, sentence) => {
  const parsed = schema.safeParse(value)
  if (parsed.success) throw new Error('expected a refusal, got a value')
  expect(describeIssue(parsed.error, schema)).toBe(sentence)
})
