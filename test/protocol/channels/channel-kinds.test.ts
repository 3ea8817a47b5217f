import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import {
  builtinKinds,
  circle as circleKind,
  nameOfSegment,
  privateSegment,
} from '../../../src/protocol/channels/channel-kinds.ts'
import { channelKind, nameAtDoor, outerChannel, parseChannel } from '../../../src/protocol/channels/channels.ts'
import { readLimits } from '../../../src/protocol/channels/limits-setting.ts'
import { dialects } from '../../../src/protocol/dialects/index.ts'
import { eventData } from '../../../src/protocol/events/events.ts'
import { limits, limitsWith } from '../../../src/protocol/limits.ts'
import { pluralOf } from '../../../src/protocol/plural.ts'

const kinds = [...builtinKinds.values()]
const repeated = (values: readonly string[]) => values.filter((value, index) => values.indexOf(value) !== index)

test('[C1] each kind is in the table under its name', () => {
  expect([...builtinKinds].filter(([name, { kind }]) => kind !== name)).toEqual([])
  expect(channelKind.options).toEqual(['circle', 'workspace', 'agent', 'document'])
  expect(kinds.filter(({ kind, plural }) => plural !== pluralOf(kind))).toEqual([])
})

test('[C1] a channel is read as a kind of this table and a canonical name', () => {
  expect(parseChannel('circle:Dev-Team', builtinKinds)).toEqual({ kind: 'circle', name: 'dev-team' })
  expect(parseChannel('circle:', builtinKinds)).toBeNull()
  expect(parseChannel('circle:chat~pickle~0', builtinKinds)).toBeNull()
  expect(parseChannel('toString:dev', builtinKinds)).toBeNull()
  expect(parseChannel('circle:dev', new Map())).toBeNull()
})

test('[C2] a document has two names, and belongs to the circle of the first', () => {
  expect(parseChannel('document:Dev/Plan', builtinKinds)).toEqual({ kind: 'document', name: 'dev/plan' })
  for (const name of ['plan', 'dev/', '/plan', 'dev/plan/more', 'dev/-plan']) {
    expect(parseChannel(`document:${name}`, builtinKinds)).toBeNull()
  }
  expect(parseChannel('circle:dev/plan', builtinKinds)).toBeNull()
  expect(outerChannel('document:dev/plan')).toBe('circle:dev')
  expect(outerChannel('circle:dev')).toBeNull()
})

test('[C4] no two kinds share a path, a binding or a class, and all they refer to exists', () => {
  expect(repeated(kinds.flatMap(({ sockets }) => sockets.map(({ path }) => path)))).toEqual([])
  expect(repeated(kinds.flatMap(({ plural, page, binding, className }) => [plural, page, binding, className]))).toEqual(
    [],
  )
  expect(
    kinds.flatMap(({ sockets }) => sockets.flatMap(socket => socket.dialects)).filter(name => !(name in dialects)),
  ).toEqual([])
  expect(kinds.flatMap(({ publishes }) => publishes).filter(type => !(type in eventData))).toEqual([])
  expect(kinds.filter(({ kind, links }) => links !== null && builtinKinds.get(links)?.links !== kind)).toEqual([])
})

test('[C3] wrangler.toml has the binding and the class of each kind', () => {
  const config = readFileSync('wrangler.toml', 'utf8')
  for (const { binding, className } of kinds) {
    expect(config).toContain(`{ name = "${binding}", class_name = "${className}" }`)
    expect(config).toContain(`[exports.${className}]\ntype = "durable-object"\nstorage = "sqlite"`)
  }
})

test('[C4] [D4] a private circle is named after its agent, and is in no directory', () => {
  const circle = builtinKinds.get('circle')
  expect(circle?.defaults('dev')).toEqual({ title: 'dev', default_agent: null, visibility: 'public' })
  expect(circle?.defaults('lobby')).toEqual({ title: 'lobby', default_agent: 'pickle', visibility: 'public' })
  expect(circle?.defaults('chat~owl~0')).toEqual({ title: '', default_agent: 'owl', visibility: 'private' })
  expect(['dev', 'chat~owl~0'].map(name => circle?.isListed(name))).toEqual([true, false])
  expect(['dev', 'chat~owl~0'].map(name => circle?.isDirect(name))).toEqual([false, true])
})

test('[L7] the limits of a kind are where those of its channels start, and LIMITS changes them', () => {
  const ofText = kinds.filter(({ frames }) => frames === 'text')
  expect(ofText.map(({ limits: own }) => limitsWith({}, own))).toEqual(ofText.map(() => limits))
  const own = { frame_bytes: 1_048_576, messages_per_second: 60 }
  expect(readLimits(undefined, own)).toMatchObject({
    ...own,
    user_messages_per_second: 120,
    channel_messages_per_second: 3_000,
  })
  expect(readLimits('{"messages_per_second":5}', own)).toMatchObject({ frame_bytes: 1_048_576, messages_per_second: 5 })
})

const hash = '0123456789abcdef'.repeat(2)

test('[C5] a private chat has a name at the doors, and nowhere else', () => {
  for (const name of [`dm~${hash}`, `chat~pickle~${hash}`]) {
    expect(parseChannel(`circle:${name}`, builtinKinds)).toBeNull()
    expect(parseChannel(`circle:${name}`, builtinKinds, nameAtDoor)).toEqual({ kind: 'circle', name })
    expect(parseChannel(`workspace:${name}`, builtinKinds, nameAtDoor)).toBeNull()
    expect(nameOfSegment(privateSegment(name))).toBe(name)
    expect(circleKind.isListed(name)).toBe(false)
    expect(circleKind.defaults(name).visibility).toBe('private')
  }
  for (const name of [`dm~${hash}0`, `dm~${hash.toUpperCase()}`, 'dm~', `~${hash}`, `chat~${hash}`, `chat~a b~${hash}`])
    expect(nameAtDoor(circleKind, name)).toBeNull()
  expect([`dm~${hash}`, `chat~pickle~${hash}`, 'dev'].map(name => circleKind.isPair(name))).toEqual([
    true,
    false,
    false,
  ])
})
