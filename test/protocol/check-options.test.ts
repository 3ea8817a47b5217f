import { expect, test } from 'vitest'
import { checkOptions, hintFor } from '../../src/protocol/check-options.ts'

const kinds = { afterEvent: 'function', migrations: 'array', basePath: 'string', commands: 'object' } as const
const check = (options: unknown) => () => checkOptions('The options', options, kinds)

test('options that are known and of their kind pass, and so do those that are left out', () => {
  check({ afterEvent() {}, migrations: [], basePath: '/rooms', commands: {} })()
  check({ afterEvent: undefined })()
  check({})()
})

test.each([
  [{ afterEvents() {} }, 'The options: there is no "afterEvents". Did you mean "afterEvent"?'],
  [{ AfterEvent() {} }, 'The options: there is no "AfterEvent". Did you mean "afterEvent"?'],
  [{ basepath: '/rooms' }, 'The options: there is no "basepath". Did you mean "basePath"?'],
  [
    { colour: 'red' },
    'The options: there is no "colour". Expected one of: afterEvent, migrations, basePath, commands.',
  ],
  [
    { constructor: 1 },
    'The options: there is no "constructor". Expected one of: afterEvent, migrations, basePath, commands.',
  ],
  [{ afterEvent: 'log' }, 'The options: "afterEvent" must be a function.'],
  [{ migrations: 'CREATE TABLE a (b)' }, 'The options: "migrations" must be an array.'],
  [{ basePath: null }, 'The options: "basePath" must be a string.'],
  [{ commands: [] }, 'The options: "commands" must be an object.'],
  [null, 'The options must be an object.'],
  ['x', 'The options must be an object.'],
])('%j is refused with a sentence that helps', (options, sentence) => {
  expect(check(options)).toThrow(new TypeError(sentence))
})

test('of several names that are near, the nearest is meant', () => {
  expect(hintFor('onconect', ['onDisconnect', 'onConnect', 'onRequest'])).toBe('Did you mean "onConnect"?')
  expect(hintFor('vot', ['note', 'vote'])).toBe('Did you mean "vote"?')
  expect(hintFor('close', ['open', 'vote'])).toBe('Expected one of: open, vote.')
})
