import { expect, test } from 'vitest'
import { describeMistake } from '../../../src/web/composer/slash-commands.ts'
import '../english.ts'

test('a mistyped command is not sent as a message', () => {
  expect(describeMistake('/titel Our plans')).toContain('/titel')
  expect(describeMistake('/Pause')).toContain('/Pause')
})

test.each(['/title Our plans', '/pause', ' /titel', '/usr/bin/env', '/ or', '//', 'a /titel', '/2'])(
  'a command that exists, and a text that is none, is no mistake: %j',
  text => {
    expect(describeMistake(text)).toBeNull()
  },
)
