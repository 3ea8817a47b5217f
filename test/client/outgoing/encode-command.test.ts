import { describe, expect, test } from 'vitest'
import type { CommandFrame } from '../../../src/client/frames.ts'
import { encodeCommand, maxLengths } from '../../../src/client/outgoing/encode-command.ts'
import { commandSpecs } from '../../../src/protocol/commands/commands.ts'
import { limits } from '../../../src/protocol/limits.ts'

const encode = (type: string, data: unknown): string => encodeCommand({ type, id: 'c1', data } as CommandFrame, limits)

/** An object whose JSON has so many bytes. */
const json = (bytes: number) => ({ a: 'x'.repeat(bytes - '{"a":""}'.length) })
const nested = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth))

test.each([
  ['message', 'content', (size: number) => ({ content: 'x'.repeat(size) }), limits.content_bytes],
  [
    'message',
    'content of 2 bytes a character',
    (size: number) => ({ content: 'é'.repeat(Math.ceil(size / 2)) }),
    32_768,
  ],
  ['edit', 'content', (size: number) => ({ seq: 1, content: 'x'.repeat(size) }), limits.content_bytes],
  ['message', 'meta', (size: number) => ({ content: 'x', meta: json(size) }), limits.meta_bytes],
  ['presence', 'state', (size: number) => ({ state: json(size) }), limits.state_bytes],
  ['signal', 'value', (size: number) => ({ name: 'x', value: json(size) }), limits.signal_bytes],
  ['signal', 'value that is text', (size: number) => ({ name: 'x', value: 'x'.repeat(size - 2) }), limits.signal_bytes],
  [
    'configure',
    'the frame',
    (size: number) => ({ links: ['x'.repeat(size - '{"type":"configure","id":"c1","data":{"links":[""]}}'.length)] }),
    limits.frame_bytes,
  ],
])('[L7] %s: %s of one byte too many is too_large', (type, _, data, max) => {
  expect(JSON.parse(encode(type, data(max)))).toEqual({ type, id: 'c1', data: data(max) })
  expect(() => encode(type, data(max + 1))).toThrow(expect.objectContaining({ code: 'too_large' }))
})

test('[L7] a control character takes six bytes of a frame, and one of a message', () => {
  expect(encode('message', { content: '\u0001'.repeat(10_000) })).toHaveLength(60_050)
  expect(() => encode('message', { content: '\u0001'.repeat(11_000) })).toThrow('A frame has at most 65536 bytes.')
})

test('[L7] what nests deeper than 16 is too_deep', () => {
  expect(() => encode('signal', { name: 'x', value: nested(14) })).not.toThrow()
  expect(() => encode('signal', { name: 'x', value: nested(15) })).toThrow(
    expect.objectContaining({ code: 'too_deep' }),
  )
})

test('the limits are those of the deployment', () => {
  const frame: CommandFrame = { type: 'message', id: 'c1', data: { content: 'x'.repeat(101) } }
  expect(() => encodeCommand(frame, { ...limits, content_bytes: 100 })).toThrow('A message has at most 100 bytes.')
})

const cyclic: Record<string, unknown> = {}
cyclic.self = cyclic
test.each([
  ['a BigInt', 1n],
  ['a cycle', cyclic],
  ['an object that refuses', { toJSON: () => JSON.parse('{') }],
])('%s cannot be written: invalid', (_, value) => {
  expect(() => encode('signal', { name: 'x', value })).toThrow(
    expect.objectContaining({ name: 'CirclesError', code: 'invalid' }),
  )
})

describe('texts that a schema limits', () => {
  const base = { message: { content: 'x' }, react: { seq: 1, emoji: 'x' }, signal: { name: 'x', value: 1 } } as const
  const ofKey: Record<string, [keyof typeof commandSpecs, object]> = {
    emoji: ['react', base.react],
    turn: ['stop', {}],
    approval: ['approve', {}],
    note: ['reject', { approval: 'a' }],
    name: ['signal', base.signal],
    token: ['auth', {}],
    title: ['configure', {}],
    prompt: ['configure', {}],
  }
  test.each(Object.entries(maxLengths))('%s of more than %i characters is invalid, as on the server', (key, max) => {
    const [type, rest] = ofKey[key] ?? (['message', {}] as const)
    for (const [length, isValid] of [
      [max, true],
      [max + 1, false],
    ] as const) {
      const data = { ...rest, [key]: 'x'.repeat(length) }
      expect(commandSpecs[type].schema.safeParse(data).success).toBe(isValid)
      if (isValid) expect(() => encode(type, data)).not.toThrow()
      else expect(() => encode(type, data)).toThrow(expect.objectContaining({ code: 'invalid' }))
    }
  })
})
