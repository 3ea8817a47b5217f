import type { Element, RootContent } from 'hast'
import { createElement, Fragment, type ReactNode } from 'react'

/** How elements of some tags are drawn; `children` are drawn already. */
export type Drawings = ReadonlyMap<string, (element: Element, children: ReactNode) => ReactNode>

// What an element may carry into the page. Addresses are not among it: a drawing has to look at them first.
const properties = ['dir', 'start', 'type', 'checked', 'disabled'] as const

const tableParts = new Set(['table', 'thead', 'tbody', 'tr']) // React warns of the line breaks between these

/** Draws a tree as React elements, never as HTML. Raw HTML in it is a text. */
export function drawTree(nodes: readonly RootContent[], drawings: Drawings = new Map()): ReactNode[] {
  return nodes.map((node, index) => {
    if (node.type !== 'element') return 'value' in node && node.type !== 'comment' ? node.value : null
    const isTable = tableParts.has(node.tagName)
    const inside = isTable ? node.children.filter(({ type }) => type === 'element') : node.children
    const children = inside.length === 0 ? undefined : drawTree(inside, drawings)
    const drawing = drawings.get(node.tagName)
    return drawing === undefined
      ? createElement(node.tagName, { key: index, ...propsOf(node) }, children)
      : createElement(Fragment, { key: index }, drawing(node, children))
  })
}

function propsOf({ properties: given }: Element): object {
  const { className, align } = given
  return {
    ...Object.fromEntries(properties.flatMap(name => (given[name] == null ? [] : [[name, given[name]]]))),
    ...(Array.isArray(className) && { className: className.join(' ') }),
    ...(typeof align === 'string' && { style: { textAlign: align } }),
  }
}
