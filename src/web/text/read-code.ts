import type { Element, ElementContent } from 'hast'

/** Returns the text and the language (empty if it has none) of a block of code, an element `pre`. */
export function readCode(node: Element | undefined): { code: string; language: string } {
  const inner = node?.children.find(child => child.type === 'element')
  const classes = inner?.properties.className
  const language = Array.isArray(classes) ? String(classes[0] ?? '').replace('language-', '') : ''
  return { code: textOf(inner).replace(/\n$/, ''), language }
}

function textOf(node: ElementContent | undefined): string {
  if (node?.type === 'text') return node.value
  return node?.type === 'element' ? node.children.map(textOf).join('') : ''
}
