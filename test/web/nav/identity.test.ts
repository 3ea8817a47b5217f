import { expect, test } from 'vitest'
import { type Identity, identityByToken, identityFor } from '../../../src/web/nav/identity.ts'

const tokenOf = (sub: string, signature = 's') => `h.${btoa(JSON.stringify({ sub }))}.${signature}`
const signedIn = (sub: string, signature?: string): Identity => ({
  by: 'token',
  token: tokenOf(sub, signature),
  account: sub,
})
const guest: Identity = { by: 'name', name: 'Ada' }

test('a token in the address signs in whoever is nobody yet', () => {
  expect(identityFor(null, tokenOf('bob'))).toEqual({ identity: signedIn('bob'), offered: null })
  expect(identityFor(null, null)).toEqual({ identity: null, offered: null })
})

test('a token in the address replaces nobody; it is offered', () => {
  for (const stored of [guest, signedIn('ada'), signedIn('bob', 'other')])
    expect(identityFor(stored, tokenOf('bob'))).toEqual({ identity: stored, offered: signedIn('bob') })
})

test('the same token, none, and what is no token offer nothing', () => {
  for (const token of [tokenOf('ada'), null, '', 'a.b.c', 'x'])
    expect(identityFor(signedIn('ada'), token)).toEqual({ identity: signedIn('ada'), offered: null })
})

test('a token tells the name of its account, in any script; without one there is only the account', () => {
  const payload = btoa(String.fromCharCode(...new TextEncoder().encode('{"sub":"ada","name":"Ada Löwe"}')))
  expect(identityByToken(`h.${payload}.s`)).toEqual({ ...signedIn('ada'), token: `h.${payload}.s`, name: 'Ada Löwe' })
  expect(identityByToken(tokenOf('ada'))).toEqual(signedIn('ada'))
})
