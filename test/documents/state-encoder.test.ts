import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { encodeState } from '../../src/documents/state-encoder.ts'
import { randomChoices } from '../../src/testing/random.ts'

const texts = [
  'a',
  'plain text',
  'ü',
  'x'.repeat(63),
  'x'.repeat(64),
  'x'.repeat(65),
  'y'.repeat(300),
  '😀'.repeat(20),
  '日本',
]

/** A document with every kind of content, written by clients with small and large ids. */
function written(seed: number): Y.Doc {
  const choices = randomChoices(seed)
  const doc = new Y.Doc()
  const [text, map] = [doc.getText('content'), doc.getMap<unknown>('värden')]
  const [array, prose] = [doc.getArray<unknown>('array'), doc.getXmlFragment('prose')]
  for (const client of [1, 127, 128, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 53 - 1]) {
    doc.clientID = client
    for (let step = 0; step < 30; step++) text.insert(choices.roll(text.length + 1), choices.pick(texts))
    text.delete(choices.roll(text.length - 9), 9)
    text.format(0, 5, { bold: true })
    text.insertEmbed(3, { image: 'a.png' })
    map.set(choices.pick(texts), { nested: [1, null, 'x', 2 ** 40] })
    map.set('bytes', new Uint8Array([1, 2, 3]))
    array.insert(0, [1, 'two', new Y.Map([['key', choices.pick(texts)]])])
    const paragraph = new Y.XmlElement('paragraph')
    prose.insert(0, [paragraph])
    paragraph.setAttribute('level', choices.pick(texts))
    paragraph.insert(0, [new Y.XmlText(choices.pick(texts))])
  }
  return doc
}

describe.each([1, 2, 3])('the state of a document by the seed %i', seed => {
  test.each([0, 100, 10_000, 1_000_000])('is encoded as Yjs encodes it, with room for %i bytes', bytes => {
    const doc = written(seed)
    expect(encodeState(doc, bytes)).toEqual(Y.encodeStateAsUpdate(doc))
  })

  test('is encoded from a state vector on as Yjs encodes it', () => {
    const doc = written(seed)
    const since = Y.encodeStateVector(doc)
    for (let at = 0; at < 50; at++) doc.getText('content').insert(at * 2, 'z')
    doc.getText('content').delete(0, 20)
    expect(encodeState(doc, 10, since)).toEqual(Y.encodeStateAsUpdate(doc, since))
  })
})
