import { type ESTree, parseSync, Visitor } from 'vite'

/** A text in a source of the page that a reader could see, and the line on which it is. */
export type Literal = { line: number; text: string }

// Calls whose texts are no words: selectors, styles, the names of components.
const technicalCalls = /^(matchMedia|querySelector|querySelectorAll|closest|matches|theme|baseTheme|define|part)$/
const technicalAttributes = /^(className|id|key|href|src|d|type|name|role|dir|rel|target|viewBox|autoComplete)$/
const spokenAttributes = /^(aria-label|aria-description|alt|title|label|placeholder|closeLabel|caption|note)$/

// The name of the product, names of keys and of what browsers have, and the page's own keys of storage and events.
const names = /^(Circles|Enter|Escape|Tab|Files|Notification|circles( \w+)+)$/
const keys = /^(Shift|Ctrl|Enter|Esc|[A-Z]\d?|[^\p{L}])+$/u

const hasLetters = (text: string): boolean => /\p{L}{2}/u.test(text) && !names.test(text) && !keys.test(text)

/** Does a text read like words: several of them, one with a capital, or the end of a sentence? */
const isWording = (text: string): boolean =>
  hasLetters(text) && /^\p{Lu}\p{Ll}+$|\p{L}{2}[,;:.!?]? \p{L}|^[^/]*\p{L}{2}[.!?…]( |$)/u.test(text)

/** Returns the words that a source of the page says by itself and not by a key of the catalogue. */
export function literalsIn(path: string, code: string): Literal[] {
  const { program } = parseSync(path, code)
  const found: Literal[] = []
  const skipped: { start: number; end: number }[] = []
  const skip = (node: { start: number; end: number }): void => void skipped.push(node)
  const add = ({ start }: { start: number }, text: string): void => {
    if (skipped.some(node => start >= node.start && start < node.end)) return
    found.push({ line: code.slice(0, start).split('\n').length, text: text.trim() })
  }
  new Visitor({
    ImportDeclaration: skip,
    ImportExpression: skip,
    TSLiteralType: skip,
    TSTemplateLiteralType: skip,
    ThrowStatement: skip,
    BinaryExpression({ operator, left, right }) {
      if (operator !== '===' && operator !== '!==') return
      for (const side of [left, right]) if (side.type === 'Literal') skip(side)
    },
    CallExpression(node) {
      if (!technicalCalls.test(nameOf(node.callee))) return
      for (const argument of node.arguments) skip(argument)
    },
    JSXText(node) {
      if (hasLetters(node.value.trim())) add(node, node.value)
    },
    JSXAttribute({ name: { name }, value }) {
      if (value === null || typeof name !== 'string') return
      if (technicalAttributes.test(name)) skip(value)
      if (!spokenAttributes.test(name)) return
      const spoken = value.type === 'JSXExpressionContainer' ? value.expression : value
      for (const text of textsOf(spoken)) if (hasLetters(text)) add(spoken, text)
      if (textsOf(spoken).length > 0) skip(spoken)
    },
    Literal(node) {
      if (typeof node.value === 'string' && isWording(node.value)) add(node, node.value)
    },
    TemplateElement(node) {
      if (isWording(node.value.cooked ?? '')) add(node, node.value.cooked ?? '')
    },
  }).visit(program)
  return found
}

function textsOf(node: ESTree.Node): string[] {
  if (node.type === 'Literal') return typeof node.value === 'string' ? [node.value] : []
  return node.type === 'TemplateLiteral' ? node.quasis.map(({ value }) => value.cooked ?? '') : []
}

function nameOf(callee: ESTree.Expression): string {
  if (callee.type === 'Identifier') return callee.name
  return callee.type === 'MemberExpression' && callee.property.type === 'Identifier' ? callee.property.name : ''
}
