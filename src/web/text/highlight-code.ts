import type { Nodes, Root } from 'hast'
import { common, createLowlight } from 'lowlight'

const lowlight = createLowlight(common)

const maxLine = 1_000 // people do not write longer lines, and some grammars take the square of their length

/** Returns the code with its colours, or null if the language is not known or there would be more than `maxNodes`. */
export function highlightCode(code: string, language: string, maxNodes: number): Root | null {
  if (maxNodes === 0 || !lowlight.registered(language)) return null
  if (code.split('\n').some(line => line.length > maxLine)) return null
  const tree = lowlight.highlight(language, code)
  return countNodes(tree) <= maxNodes ? tree : null
}

const countNodes = (node: Nodes): number =>
  'children' in node ? node.children.reduce((sum, child) => sum + countNodes(child), 1) : 1
