import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { generateApiReference, opaque, unexportedNames } from '../../scripts/generate-api-reference.mjs'

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

test('every type that a public signature names is exported by an entry, but for parts of one type that are shown with it', () => {
  const inPlace = new Set([
    // 0.1: the present types, which those of the same name extend.
    ...['ChannelState', 'Connection', 'Messages', 'Pending', 'Reply', 'Transport', 'TurnRequest'],
    // Computed from an application's types.
    ...[
      'Call',
      'CommandsOf',
      'DataIn',
      'DataOf',
      'FrameIn',
      'FrameTypeIn',
      'ItemWithOwnEvents',
      'OwnEventOf',
      'Received',
      'TypedSchema',
    ],
    // Members of one union or fields of one object.
    ...[
      'AnyEvent',
      'CompiledRegex',
      'EntryEvent',
      'Ephemeral',
      'EphemeralFrame',
      'EventFrameOf',
      'KindLimits',
      'Names',
    ],
    ...['PresenceDiff', 'QueueMessage', 'Retention', 'Retry', 'SocketRoute', 'WorkspaceInfo'],
    // What programs pass on and never look into.
    ...opaque,
  ])
  expect(unexportedNames().filter((line: string) => !inPlace.has(line.split(': ')[1] ?? ''))).toEqual([])
})

test('a class behind an alias is shown with what it inherits, without private members', () => {
  const client = expected.get('client.md') ?? ''
  expect(client).toContain(
    '  send(content: string, { replyTo, to, meta, attachments }?: SendOptions<Types>): Promise<SentMessage>;',
  )
  expect([...expected.values()].join('\n')).not.toContain('#private')
})
