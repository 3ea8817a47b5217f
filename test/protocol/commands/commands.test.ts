import { expect, test } from 'vitest'
import { builtinCommands, commandData } from '../../../src/protocol/commands/commands.ts'

test('[N3] these commands exist, and only what is not stored may leave out its id', () => {
  const withoutId = [...builtinCommands].flatMap(([type, { needsId }]) => (needsId ? [] : [type]))
  expect(withoutId).toEqual(['read', 'recv', 'typing', 'presence', 'signal', 'ping'])
  expect([...builtinCommands.keys()]).toEqual(Object.keys(commandData))
  expect(Object.entries(commandData).filter(([type, schema]) => builtinCommands.get(type)?.schema !== schema)).toEqual(
    [],
  )
})

test('[N3] only configure takes a role by itself', () => {
  expect([...builtinCommands].flatMap(([type, { role }]) => (role ? [[type, role]] : []))).toEqual([
    ['configure', 'owner'],
  ])
})
