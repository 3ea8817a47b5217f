import type { Element, Root } from 'hast'
import { expect, test } from 'vitest'
import { boundTree, maxNodes } from '../../../src/web/text/bound-tree.ts'
import { highlightCode } from '../../../src/web/text/highlight-code.ts'

/** Returns what the blocks of code in a message may add to the page, in nodes. */
function shares(...codes: string[]): unknown[] {
  const blocks = codes.map(
    (value): Element => ({
      type: 'element',
      tagName: 'pre',
      properties: {},
      children: [{ type: 'element', tagName: 'code', properties: {}, children: [{ type: 'text', value }] }],
    }),
  )
  const tree: Root = { type: 'root', children: blocks }
  boundTree(tree, '')
  return blocks.map(block => block.properties.dataNodes)
}

test('code is coloured if its language is known', () => {
  expect(highlightCode('const a = 1', 'js', 100)?.children).toHaveLength(3)
  expect(highlightCode('const a = 1', 'elvish', 100)).toBeNull()
  expect(highlightCode('const a = 1', '', 100)).toBeNull()
})

test('code is not coloured if it would be too many elements, or has a very long line', () => {
  expect(highlightCode('[1,2,3]', 'json', 10)).toBeNull()
  expect(highlightCode('function '.repeat(200), 'arduino', 1_000)).toBeNull()
  expect(highlightCode('let a = 1', 'js', 0)).toBeNull()
})

test('the code of one message shares what is left of the nodes, and more than 8 KiB of it have no colours', () => {
  const [small = 0, large = 0] = shares('a'.repeat(1_000), 'b'.repeat(3_000)).map(Number)
  expect(large).toBeGreaterThan(small)
  expect(small + large).toBeLessThanOrEqual(maxNodes)
  expect(shares('a'.repeat(5_000), 'b'.repeat(5_000))).toEqual([undefined, undefined])
})
