import type { Element, Root } from 'hast'
import { expect, test } from 'vitest'
import { boundTree, maxNodes } from '../../../src/web/text/bound-tree.ts'

const em = (children: Element['children']): Element => ({ type: 'element', tagName: 'em', properties: {}, children })

/** What is left of a tree whose text is `the text`. */
function bound(...children: Element[]) {
  const root: Root = { type: 'root', children }
  boundTree(root, 'the text')
  return root.children
}

function nested(depth: number): Element {
  let tree = em([])
  for (let n = 1; n < depth; n++) tree = em([tree])
  return tree
}

const plain = { type: 'element', tagName: 'plain', properties: {}, children: [{ type: 'text', value: 'the text' }] }

test('a tree of 100 elements within each other is kept; one more is replaced by the text', () => {
  expect(bound(nested(100))).toEqual([nested(100)])
  expect(bound(nested(101))).toEqual([plain])
})

test('a tree with as many elements as a message may add is kept; one more is replaced by the text', () => {
  const flat = (count: number) => Array.from({ length: count }, () => em([]))
  expect(bound(...flat(maxNodes))).toHaveLength(maxNodes)
  expect(bound(...flat(maxNodes + 1))).toEqual([plain])
})
