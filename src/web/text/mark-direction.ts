import type { Root } from 'hast'

const blocks = new Set(['p', 'ul', 'ol', 'blockquote', 'table', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6'])

/**
 * Gives each block of a message the direction of its own text: bullets, bars and columns stand on the side where its lines
 * begin. Blocks within blocks follow; code has none.
 */
export function markDirection(tree: Root): void {
  for (const node of tree.children) {
    if (node.type === 'element' && blocks.has(node.tagName)) node.properties.dir = 'auto'
  }
}
