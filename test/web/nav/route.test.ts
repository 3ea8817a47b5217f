import { expect, test } from 'vitest'
import { canonicalName, parseDestination, parseRoute } from '../../../src/web/nav/route.ts'

test('[C2] a path is the address of a channel, or null', () => {
  expect(parseRoute('/c/Dev-Team')).toEqual({ kind: 'circle', name: 'dev-team' })
  expect(parseRoute('/w/acme')).toEqual({ kind: 'workspace', name: 'acme' })
  for (const path of ['/', '/c/', '/c/a%2Fb', '/x/lobby', '/c/-a', '/c/café']) expect(parseRoute(path)).toBeNull()
})

test('[C2] a name is trimmed and lower case; a destination may have a kind in front of it', () => {
  expect(canonicalName(' Lobby ')).toBe('lobby')
  expect(parseDestination('Plans')).toEqual({ kind: 'circle', name: 'plans' })
  expect(parseDestination('workspace:acme')).toEqual({ kind: 'workspace', name: 'acme' })
  expect(parseDestination('no way')).toBeNull()
})
