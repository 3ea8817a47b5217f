import { expect, test } from 'vitest'
import { dialects } from '../../../src/protocol/dialects/index.ts'

test('[C4] each dialect is in the table under its name, and one subprotocol chooses at most one', () => {
  expect(Object.entries(dialects).filter(([key, { name }]) => key !== name)).toEqual([])
  const subprotocols = Object.values(dialects).flatMap(({ subprotocol }) => subprotocol ?? [])
  expect(subprotocols).toEqual([...new Set(subprotocols)])
})

test('[C4] the capabilities of the dialects', () => {
  const capabilities = Object.values(dialects).map(({ name, subprotocol, decode: _, encode: __, ...flags }) => [
    name,
    subprotocol,
    Object.entries(flags).flatMap(([flag, on]) => (on ? [flag] : [])),
  ])
  expect(capabilities).toEqual([
    ['plain', null, ['authenticatesLater', 'queuesBursts']],
    ['events', null, ['queuesBursts', 'showsRetry']],
    ['text', null, ['queuesBursts']],
    ['native', 'circles.v1', ['greets', 'receivesEphemeral', 'heartbeats', 'batches']],
    ['yjs', null, ['receivesEphemeral', 'againAs']],
    ['hocuspocus', null, ['receivesEphemeral', 'authenticatesLater']],
    ['documents', 'circles.documents.v1', ['receivesEphemeral', 'heartbeats']],
  ])
})
