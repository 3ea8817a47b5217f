import { expect, test } from 'vitest'
import { RelayLink, slowCharacters } from '../../src/relay/relay-link.ts'

function aLink() {
  const link = new RelayLink('dev/enam/0')
  let attachment: unknown = null
  link.attach({
    send: () => {},
    close: () => {},
    serializeAttachment(value) {
      attachment = value
    },
    deserializeAttachment: () => attachment,
  })
  const send = (characters: number) => link.send({ t: 'out', all: { native: { f: ['x'.repeat(characters)] } } })
  return { link, send }
}

test('[E3] a relay that does not take what it is sent is slow, and one that takes it is not', () => {
  const { link, send } = aLink()
  send(slowCharacters)
  expect(link.isSlow).toBe(true)
  link.taken(1_000)
  expect(link.isSlow).toBe(false)
})

test('[E3] what a relay had missed, however much, makes it slow only if it does not take what follows', () => {
  const { link, send } = aLink()
  send(2 * slowCharacters)
  link.send({ t: 'filled' })
  send(slowCharacters / 2)
  expect(link.isSlow).toBe(false)
  link.taken(2 * slowCharacters)
  expect(link.isSlow).toBe(false)
  send(slowCharacters)
  expect(link.isSlow).toBe(true)
})
