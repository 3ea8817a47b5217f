import type { Root, RootContent } from 'hast'

/** Joins neighbours that are text, or HTML, which is text here: thousands of texts in one line take seconds to lay out. */
export const joinTexts = (tree: Root): void => join(tree)

function join(parent: { children: RootContent[] }): void {
  const joined: RootContent[] = []
  for (const node of parent.children) {
    const last = joined.at(-1)
    if (node.type === 'element') join(node)
    if (node.type !== 'text' && node.type !== 'raw') joined.push(node)
    else if (last?.type === 'text') last.value += node.value
    else joined.push({ type: 'text', value: node.value })
  }
  parent.children = joined
}
