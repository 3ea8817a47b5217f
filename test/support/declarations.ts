import { parseSync } from 'vite'

/** A name that a source file declares: a binding, or a member of a class, an interface or a type. */
export type DeclaredName = { name: string; line: number }

/** A declaration that a source file exports, with the docstring directly before it. */
export type ExportedDeclaration = { name: string; docstring: string | null }

type Node = { type: string; start: number; end: number } & Record<string, unknown>
type Name = { name: string; start: number }

/** Reads the names that a file declares, with a parser: text, comments and the keys of object literals never count. */
export function declaredNames(path: string, text: string): DeclaredName[] {
  return withLines(nodesIn(parse(path, text).program as unknown as Node).flatMap(namesOf), text)
}

/** Reads a file's exported declarations with a parser; what it re-exports from other files does not count. */
export function exportedDeclarations(path: string, text: string): ExportedDeclaration[] {
  const { program, comments } = parse(path, text)
  return exportsOf(program.body as unknown as Node[], start => {
    const comment = comments.findLast(({ end }) => end <= start)
    if (comment?.type !== 'Block' || !comment.value.startsWith('*')) return null
    return text.slice(comment.end, start).trim() === '' ? comment.value : null
  })
}

function parse(path: string, text: string) {
  const result = parseSync(path, text)
  if (result.errors[0]) throw new Error(`${path} does not parse: ${result.errors[0].message}`)
  return result
}

/** The key under which a node of this type keeps the name or the pattern that it declares. */
const bindingKeys = new Map([
  ['VariableDeclarator', 'id'],
  ['FunctionDeclaration', 'id'],
  ['FunctionExpression', 'id'],
  ['TSDeclareFunction', 'id'],
  ['ClassDeclaration', 'id'],
  ['ClassExpression', 'id'],
  ['TSTypeAliasDeclaration', 'id'],
  ['TSInterfaceDeclaration', 'id'],
  ['TSTypeParameter', 'name'],
  ['CatchClause', 'param'],
])

const memberTypes = new Set([
  'PropertyDefinition',
  'AccessorProperty',
  'MethodDefinition',
  'TSAbstractPropertyDefinition',
  'TSAbstractMethodDefinition',
  'TSPropertySignature',
  'TSMethodSignature',
])

function namesOf(node: Node): Name[] {
  const own = boundIn(node[bindingKeys.get(node.type) ?? ''])
  const parameters = Array.isArray(node.params) ? node.params.flatMap(boundIn) : []
  return [...own, ...parameters, ...memberOf(node), ...aliasOf(node)]
}

function memberOf({ type, key, computed }: Node): Name[] {
  if (!memberTypes.has(type) || computed) return []
  const { type: keyType, name, start } = key as Node
  return keyType === 'Identifier' || keyType === 'PrivateIdentifier' ? [{ name: String(name), start }] : []
}

/** An import declares a name only where it gives another one. */
function aliasOf({ type, imported, local }: Node): Name[] {
  if (type !== 'ImportSpecifier' || (imported as Node).name === (local as Node).name) return []
  return boundIn(local)
}

/** The names that a pattern binds: `a`, `{ a, b: [c], ...d }`, `a = 1`, `readonly a` in a constructor. */
function boundIn(pattern: unknown): Name[] {
  const node = pattern as Node | null | undefined
  switch (node?.type) {
    case 'Identifier':
      return [{ name: String(node.name), start: node.start }]
    case 'ObjectPattern':
      return (node.properties as Node[]).flatMap(boundIn)
    case 'ArrayPattern':
      return (node.elements as Node[]).flatMap(boundIn)
    case 'Property':
      return boundIn(node.value)
    case 'AssignmentPattern':
      return boundIn(node.left)
    case 'RestElement':
      return boundIn(node.argument)
    case 'TSParameterProperty':
      return boundIn(node.parameter)
    default:
      return []
  }
}

function exportsOf(statements: Node[], docstringAt: (start: number) => string | null): ExportedDeclaration[] {
  const all = statements.flatMap(statement => {
    const isExport = /^Export(Named|Default)Declaration$/.test(statement.type)
    const declaration = (isExport ? statement.declaration : statement) as Node | null
    const docstring = docstringAt(statement.start)
    return declaredBy(declaration).map(({ name }) => ({ name, docstring, isExport }))
  })
  const exportedBelow = new Set(
    statements
      .filter(({ type, source }) => type === 'ExportNamedDeclaration' && !source)
      .flatMap(({ specifiers }) => (specifiers as { local: Node }[]).map(({ local }) => String(local.name))),
  )
  const exported = all.filter(({ name, isExport }) => isExport || exportedBelow.has(name))
  // The docstring of an overloaded function is before its first signature.
  const first = new Map(exported.toReversed().map(({ name, docstring }) => [name, docstring]))
  return [...first].map(([name, docstring]) => ({ name, docstring })).toReversed()
}

function declaredBy(declaration: Node | null): Name[] {
  if (declaration?.type !== 'VariableDeclaration') return boundIn(declaration?.id)
  return (declaration.declarations as Node[]).flatMap(({ id }) => boundIn(id))
}

/** The node and all nodes below it. */
function nodesIn(node: Node, found: Node[] = []): Node[] {
  found.push(node)
  for (const key in node) {
    const value = node[key]
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) nodesIn(child, found)
  }
  return found
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value
}

function withLines(names: Name[], text: string): DeclaredName[] {
  let line = 1
  let at = 0
  return names
    .toSorted((one, other) => one.start - other.start)
    .map(({ name, start }) => {
      for (; at < start; at++) if (text[at] === '\n') line += 1
      return { name, line }
    })
}
