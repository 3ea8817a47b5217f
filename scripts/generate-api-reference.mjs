// npm run generate: writes docs/api, a page for each entry of the package, from the sources. rolldown makes the
// declarations (those that `isolatedDeclarations` would emit), so that no program has to be type-checked for it.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isolatedDeclarationSync } from 'rolldown/experimental'
import { parseSync } from 'vite'
import { root } from './toolchain.mjs'

/** What programs pass on and never look into. */
export const opaque = new Set([
  'ChannelRpc',
  'ComponentDefinition',
  'ComponentPorts',
  'Env',
  'HttpContext',
  'KindTables',
  'OperationsByTag',
  'PassedEndpoints',
  'ProtocolTables',
  'Transport',
  'commandSpecs',
  'definitions',
  'dialects',
])

const folder = join(root, 'docs/api')
const note = '<!-- Made by `npm run generate` from the sources: change their docstrings instead. -->'
const modules = new Map()

/** The files of docs/api, as they should be: text by name. */
export function generateApiReference() {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const pages = entryPages(exports)
  const homes = pages.flatMap(page => page.exports.map(one => [one.id, { page, name: one.name }])).toReversed()
  // A class behind an alias and the class it extends have the alias's section.
  const home = new Map([
    ...homes.flatMap(([id, target]) => basesOf(classBehind(id)).map(base => [base, target])),
    ...homes,
  ])
  for (const page of pages) for (const one of page.exports) one.shown = unexportedTypes(one, home)
  const texts = pages.map(page => [page.file, textOf(page, home)])
  return new Map([['README.md', indexOf(pages)], ...texts])
}

/** The types that the signatures of the entries name and no entry exports: `entry export: name`. */
export function unexportedNames() {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const pages = entryPages(exports)
  const home = new Set(pages.flatMap(page => page.exports.flatMap(({ id }) => [id, ...basesOf(classBehind(id))])))
  return pages.flatMap(({ entry, exports }) =>
    exports.flatMap(({ name, names }) =>
      names
        .filter(id => isOurs(id) && isType(id) && !home.has(id))
        .map(id => `${entry.slice('circles-rooms/'.length)} ${name}: ${split(id)[1]}`),
    ),
  )
}

function entryPages(exports) {
  return Object.entries(exports)
    .filter(([entry, target]) => entry !== '.' && target.endsWith('.js')) // the first is the same as ./client
    .map(([entry, target]) =>
      pageOf(entry, join(root, target.replace('./dist/package', 'src').replace(/\.js$/, '.ts'))),
    )
    .toSorted((one, other) => (one.file < other.file ? -1 : 1))
}

/** Reads an entry: its name and its exports, in alphabetical order. */
function pageOf(entry, path) {
  const name = entry.slice('./'.length)
  const exports = [...exportsOf(path)]
    .map(([exported, id]) => ({ name: exported, id, ...renamed(declarationOf(id), split(id)[1], exported) }))
    .toSorted((one, other) => (one.name.toLowerCase() < other.name.toLowerCase() ? -1 : 1))
  return { entry: `circles-rooms/${name}`, file: `${name.replaceAll('/', '-')}.md`, exports }
}

/** A declaration under the name that it is exported with. */
function renamed(declaration, name, exported) {
  const declares = new RegExp(`^(const|function|class|type|interface) ${name}\\b`, 'gm')
  return { ...declaration, code: declaration.code.replaceAll(declares, `$1 ${exported}`) }
}

/** A module's declarations: text as published, names imported, exported and declared. */
function moduleAt(path) {
  const known = modules.get(path)
  if (known) return known
  const { code } = isolatedDeclarationSync(path, readFileSync(path, 'utf8'), { stripInternal: true })
  const { program, comments } = parseSync(`${path}.d.ts`, code, { lang: 'dts' })
  const module = { code, comments, imports: new Map(), declared: new Map(), exported: new Map(), all: [] }
  for (const statement of program.body) readStatement(module, path, statement)
  modules.set(path, module)
  return module
}

function readStatement(module, path, statement) {
  const from = statement.source && sourceAt(path, statement.source.value)
  if (statement.type === 'ImportDeclaration') {
    for (const { local, imported } of statement.specifiers)
      module.imports.set(local.name, `${from}#${imported?.name ?? '*'}`)
  } else if (statement.type === 'ExportAllDeclaration') module.all.push(from)
  else if (statement.specifiers?.length > 0) {
    for (const { local, exported } of statement.specifiers)
      module.exported.set(exported.name, `${from ?? path}#${local.name}`)
  } else {
    const declaration = statement.declaration ?? statement
    for (const { name } of namesDeclared(declaration)) {
      module.declared.set(name, [...(module.declared.get(name) ?? []), statement])
      if (statement.declaration) module.exported.set(name, `${path}#${name}`)
    }
  }
}

function namesDeclared(declaration) {
  if (declaration.type === 'VariableDeclaration') return declaration.declarations.map(({ id }) => id)
  return declaration.id ? [declaration.id] : []
}

function sourceAt(path, source) {
  if (!source.startsWith('.')) return source
  const file = join(dirname(path), source)
  return existsSync(file) ? file : source
}

/** The exports of a module by name: where each is declared, as `path#name`. */
function exportsOf(path) {
  const module = moduleAt(path)
  const all = module.all.flatMap(from => [...exportsOf(from)])
  return new Map([...all, ...[...module.exported].map(([name, id]) => [name, resolve(id)])])
}

/** Where a name is declared, through re-exports and imports. */
function resolve(id) {
  const [path, name] = split(id)
  if (!existsSync(path) || name === '*') return id
  const module = moduleAt(path)
  if (module.declared.has(name)) return id
  const [namespace, member] = name.split('.')
  if (member !== undefined) return resolve(`${(module.imports.get(namespace) ?? id).replace(/#\*$/, '')}#${member}`)
  const next =
    module.imports.get(name) ??
    module.exported.get(name) ??
    module.all.map(from => exportsOf(from).get(name)).find(Boolean)
  return next === undefined || next === id ? id : resolve(next)
}

const split = id => [id.slice(0, id.lastIndexOf('#')), id.slice(id.lastIndexOf('#') + 1)]

function declarationOf(id) {
  const [path, name] = split(id)
  if (!existsSync(path)) return { docs: `\`${name}\` of \`${path}\`.`, code: '', names: [] }
  const classes = basesOf(classBehind(id)).toReversed().map(textOfDeclaration)
  const { code, names } =
    classes.length > 0 ? { code: classes.map(one => one.code).join('\n'), names: [] } : textOfDeclaration(id)
  const all = [...names, ...classes.flatMap(one => one.names)]
  return {
    docs: docsOf(id),
    code,
    names: [...new Set(all)].filter(one => one !== id),
  }
}

/** The docstring of a declaration; that of the schema, where a type says no more than whose type it is. */
function docsOf(id) {
  const docs = docstringOf(moduleAt(split(id)[0]), statementsOf(id)[0])
  const schema = /^The type of `(\w+)`\.$/.exec(docs)?.[1]
  const target = schema && resolve(`${split(id)[0]}#${schema}`)
  return (target && isOurs(target) && docsOf(target)) || docs
}

const statementsOf = id => moduleAt(split(id)[0]).declared.get(split(id)[1]) ?? []
const isOurs = id => existsSync(split(id)[0]) && statementsOf(id).length > 0
const declared = id => statementsOf(id)[0]?.declaration ?? statementsOf(id)[0]
const isType = id => !['VariableDeclaration', 'TSDeclareFunction'].includes(declared(id)?.type)

/** The class that an exported alias stands for (`type Channel<T> = CompatChannel<T>`), or the exported class; else null. */
function classBehind(id) {
  if (!isOurs(id)) return null
  const { type, typeAnnotation } = declared(id)
  if (type === 'ClassDeclaration') return id
  if (type !== 'TSTypeAliasDeclaration' || typeAnnotation.type !== 'TSTypeReference') return null
  const target = resolve(`${split(id)[0]}#${typeAnnotation.typeName.name}`)
  return isOurs(target) && declared(target).type === 'ClassDeclaration' ? target : null
}

/** A class and those of ours that it extends. */
function basesOf(id) {
  if (id === null) return []
  const base = declared(id).superClass?.name && resolve(`${split(id)[0]}#${declared(id).superClass.name}`)
  return base && isOurs(base) ? [id, ...basesOf(base)] : [id]
}

function textOfDeclaration(id) {
  const [path, name] = split(id)
  const { code: text } = moduleAt(path)
  const isObject = declared(id)?.superClass?.name === 'DurableObject' // a Worker exports it; its methods are for Circles
  const emitted = statementsOf(id)
    .map(({ start, end }) => text.slice(start, end))
    .join('\n')
  if (isObject) return { code: tidied(`${emitted.slice(0, emitted.indexOf('<'))} {}`), names: [] }
  const names = statementsOf(id).flatMap(statement => [...typeNamesIn(statement)])
  const code = /: unknown;$/.test(emitted) ? sourceOf(path, name) : indented(emitted)
  return { code: tidied(code), names: names.map(used => resolve(`${path}#${used}`)) }
}

/** The declarations that an export names and no entry exports, with what those name in turn: they are shown beside it. */
function unexportedTypes({ name, names }, home) {
  const elsewhere = new Set([...home.values()].map(target => target.name).filter(other => other !== name))
  const found = new Set()
  const visit = id => {
    if (found.has(id) || home.has(id) || !isOurs(id) || opaque.has(split(id)[1])) return
    if (elsewhere.has(split(id)[1])) return // the exported type of this name has it
    found.add(id)
    for (const next of textOfDeclaration(id).names) visit(next)
  }
  for (const id of names) visit(id)
  return [...found]
}

/** Emitted comments have lost the column before their asterisks. */
const indented = code => code.replaceAll(/^([ \t]*)\*(?=[ /])/gm, '$1 *').replaceAll(/^[ \t]*#private;\n/gm, '')

/** A constant whose type is inferred, as a schema's is, is shown as it is written. */
function sourceOf(path, name) {
  const text = readFileSync(path, 'utf8')
  const { program } = parseSync(path, text)
  const statement = program.body.find(one => namesDeclared(one.declaration ?? one).some(id => id.name === name))
  return text.slice(statement.start, statement.end)
}

function docstringOf({ code, comments }, statement) {
  const comment = comments.findLast(({ end }) => end <= statement?.start)
  if (!comment?.value.startsWith('*') || code.slice(comment.end, statement.start).trim() !== '') return ''
  return comment.value
    .replace(/^\*/, '')
    .replaceAll(/\n[ \t]*\*[ \t]?/g, '\n')
    .replace('@deprecated', '**Deprecated.**')
    .trim()
}

const tidied = code => code.replaceAll(/^export declare |^export |^declare /gm, '').replaceAll('\t', '  ')

function* typeNamesIn(node) {
  if (node.type === 'TSTypeReference' || node.type === 'TSTypeQuery') {
    const name = node.typeName ?? node.exprName
    if (name.type === 'Identifier') yield name.name
    else if (name.left?.type === 'Identifier') yield `${name.left.name}.${name.right.name}`
  }
  if (node.type === 'TSClassImplements' || node.type === 'TSInterfaceHeritage') yield node.expression.name
  if (node.superClass?.name) yield node.superClass.name
  for (const value of Object.values(node))
    for (const child of Array.isArray(value) ? value : [value]) if (child?.type) yield* typeNamesIn(child)
}

function textOf(page, home) {
  const sections = page.exports.map(one => {
    const links = one.names.flatMap(id => {
      const target = page.exports.find(other => other.id === id)
      if (target) return [`[${target.name}](#${anchor(target.name)})`]
      const other = home.get(id)
      return other && other.name !== one.name ? [`[${other.name}](${other.page.file}#${anchor(other.name)})`] : []
    })
    const shown = one.shown.map(id => `\n\n${textOfDeclaration(id).code}`).join('')
    const code = one.code === '' ? '' : `\n\n\`\`\`ts\n${one.code}${shown}\n\`\`\``
    const see = links.length === 0 ? '' : `\n\nSee ${links.toSorted().join(', ')}.`
    return `## ${one.name}\n\n${one.docs}${code}${see}\n`
  })
  return `# ${page.entry}\n\n${note}\n\n${sections.join('\n')}`
}

const anchor = name => name.toLowerCase()

function indexOf(pages) {
  const lists = pages.map(({ entry, file, exports }) => {
    const links = exports.map(({ name }) => `[${name}](${file}#${anchor(name)})`)
    return `## [${entry}](${file})\n\n${links.join(',\n')}\n`
  })
  return `# API reference\n\n${note}\n\nEvery export of every entry of the package. \`circles-rooms\` itself is \`circles-rooms/client\`.\n\n${lists.join('\n')}`
}

if (process.argv[1] === import.meta.filename) {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const [name, text] of generateApiReference()) writeFileSync(join(folder, name), text)
  console.log(`docs/api: ${readdirSync(folder).length} files`)
}
