import { expect, test } from 'vitest'
import { isPrivateChat } from '../../../src/web/lib/kinds.ts'
import {
  agentAt,
  agentChatPath,
  canonicalName,
  channelPath,
  documentPath,
  messagePath,
  parseDestination,
  parseRoute,
} from '../../../src/web/nav/route.ts'

test('[C2] a path is the address of a channel, or null', () => {
  expect(parseRoute('/c/Dev-Team')).toEqual({ kind: 'circle', name: 'dev-team' })
  expect(parseRoute('/w/acme')).toEqual({ kind: 'workspace', name: 'acme' })
  for (const path of ['/', '/c/', '/c/a%2Fb', '/x/lobby', '/c/-a', '/c/café']) expect(parseRoute(path)).toBeNull()
})

test('a path is the address of a message or a document of a channel, if its kind has documents', () => {
  expect(parseRoute('/c/dev/12')).toEqual({ kind: 'circle', name: 'dev', seq: 12 })
  expect(parseRoute('/c/dev/documents/Notes')).toEqual({ kind: 'circle', name: 'dev', document: 'notes' })
  expect(documentPath('circle:dev', 'notes')).toBe('/c/dev/documents/notes')
  for (const path of ['/c/dev/x', '/c/dev/documents', '/c/dev/documents/-a', '/c/dev/12/x', '/w/acme/documents/notes'])
    expect(parseRoute(path)).toBeNull()
})

test('[C2] a name is trimmed and lower case; a destination may have a kind in front of it', () => {
  expect(canonicalName(' Lobby ')).toBe('lobby')
  expect(parseDestination('Plans')).toEqual({ kind: 'circle', name: 'plans' })
  expect(parseDestination('workspace:acme')).toEqual({ kind: 'workspace', name: 'acme' })
  expect(parseDestination('no way')).toBeNull()
})

test('[C5] a private chat has an address of its own; the one with an agent also by the name of the agent', () => {
  const hash = '0123456789abcdef'.repeat(2)
  for (const name of [`dm~${hash}`, `chat~pickle~${hash}`]) {
    const path = channelPath('circle', name)
    expect(path).toBe(`/d/${name.replace(/^(dm|chat)~/, '')}`)
    expect(parseRoute(path)).toEqual({ kind: 'circle', name })
    expect(parseRoute(messagePath(`circle:${name}`, 7))).toEqual({ kind: 'circle', name, seq: 7 })
    expect([isPrivateChat(`circle:${name}`), agentAt(path)]).toEqual([true, null])
  }
  expect(agentChatPath('pickle')).toBe('/d/pickle')
  expect([parseRoute('/d/pickle'), agentAt('/d/Pickle'), agentAt('/d/a b'), agentAt('/c/pickle')]).toEqual([
    ...[null, 'pickle', null, null],
  ])
  expect([isPrivateChat('circle:dev'), isPrivateChat(`workspace:dm~${hash}`)]).toEqual([false, false])
})
