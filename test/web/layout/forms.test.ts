import { expect, test } from 'vitest'
import type { CircleDescription } from '../../../src/protocol/channels/circles.ts'
import type { Configuration } from '../../../src/protocol/commands/commands.ts'
import { readForm } from '../../../src/web/layout/join.tsx'
import { similarName } from '../../../src/web/nav/route.ts'
import { changedIn } from '../../../src/web/panels/settings.tsx'
import '../english.ts'

const form = (fields: Record<string, string>) => ({ get: (name: string) => fields[name] ?? null })

test('a name of spaces is refused in the words of the form; others are trimmed', () => {
  expect(readForm(form({ name: '   ', circle: 'lobby' }), 'open')).toEqual({ problem: 'Enter a name.' })
  expect(readForm(form({ name: ' Ada ', circle: 'Lobby' }), 'open')).toEqual({
    identity: { by: 'name', name: 'Ada' },
    circle: 'lobby',
  })
})

test('a circle that is entered with another spelling is the one that can be meant, and what names none is refused', () => {
  const joined = { identity: { by: 'name', name: 'Ada' }, circle: 'design-crit' }
  expect(readForm(form({ name: 'Ada', circle: 'Design Crit!' }), 'open')).toEqual(joined)
  expect(readForm(form({ name: 'Ada', circle: '!!!' }), 'open')).toEqual({
    problem: 'The name of a circle consists of letters, digits, dots and dashes: dev-team',
  })
})

test('what cannot be the name of a circle leads to one that can', () => {
  expect(['Design Crit!', 'Über uns', '!!!', ''].map(similarName)).toEqual(['design-crit', 'uber-uns', null, null])
})

test('only what was changed is saved, so that the changes of others stay', () => {
  const circle: CircleDescription = {
    ...{ name: 'dev', title: 'Dev', default_agent: 'pickle', channel: 'circle:dev' },
    status: 'active',
    visibility: 'public',
    ...{ rules: [{ match: 'deploy *', agent: 'owl' }], retention: {}, epoch: 'e', head: 1, earliest: 1, online: 1 },
  }
  const same: Configuration = {
    ...{ title: 'Dev', default_agent: 'pickle', rules: [{ match: 'deploy *', agent: 'owl' }] },
    visibility: 'public',
    status: 'active',
    writers: 'members',
  }
  expect(changedIn(same, circle)).toEqual({})
  expect(changedIn({ ...same, rules: [], status: 'paused' }, circle)).toEqual({ rules: [], status: 'paused' })
})
