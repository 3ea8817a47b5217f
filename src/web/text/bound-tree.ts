import type { Element, Root, RootContent } from 'hast'
import { readCode } from './read-code.ts'

/** The number of elements and texts that a message adds to the page at most. */
export const maxNodes = 18_000

const maxDepth = 100
const maxCode = 8_192 // characters of code that are coloured in one message

/** How many elements and texts the drawings of markdown.tsx make of one element. */
const nodesOf = new Map([
  ['pre', 20], // its frame and its button
  ['table', 2],
  ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map(tag => [tag, 2] as const),
])

/**
 * Replaces a tree that is too large or too deep by the text itself, in an element `plain`. In
 * others, each block of code gets its share of the nodes that are left for colours, `dataNodes`; none if there is too much
 * code.
 */
export function boundTree(tree: Root, text: string): void {
  const found = measure(tree)
  if (found === null) {
    const children = [{ type: 'text' as const, value: text }]
    tree.children = [{ type: 'element', tagName: 'plain', properties: {}, children }]
  } else shareNodes(found.blocks, maxNodes - found.nodes)
}

function shareNodes(blocks: readonly Element[], nodes: number): void {
  const lengths = blocks.map(block => readCode(block).code.length)
  const total = lengths.reduce((sum, length) => sum + length, 0)
  if (total > maxCode) return
  for (const [index, block] of blocks.entries()) {
    block.properties.dataNodes = Math.floor((nodes * (lengths[index] ?? 0)) / Math.max(1, total))
  }
}

/** Counts nodes and finds the blocks of code; null if there is too much. Not recursive, because the tree may be deep. */
function measure(tree: Root): { nodes: number; blocks: Element[] } | null {
  const blocks: Element[] = []
  const left: { node: RootContent; depth: number }[] = tree.children.map(node => ({ node, depth: 1 }))
  let nodes = 0
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const { node, depth } = next
    nodes += (node.type === 'element' && nodesOf.get(node.tagName)) || 1
    if (nodes > maxNodes || depth > maxDepth) return null
    if (node.type !== 'element') continue
    if (node.tagName === 'pre') blocks.push(node)
    for (const child of node.children) left.push({ node: child, depth: depth + 1 })
  }
  return { nodes, blocks }
}
