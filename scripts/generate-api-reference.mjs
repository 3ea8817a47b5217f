// npm run generate: writes docs/api, a page for each entry of the package, from the sources. rolldown makes the
// declarations (those that `isolatedDeclarations` would emit), so that no program has to be type-checked for it.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isolatedDeclarationSync } from 'rolldown/experimental'
import { parseSync } from 'vite'
import { root } from './toolchain.mjs'

const folder = join(root, 'docs/api')
const note = '<!-- Made by `npm run generate` from the sources: change their docstrings instead. -->'
const modules = new Map()

/** The files of docs/api, as they should be: text by name. */
export function generateApiReference() {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const pages = Object.entries(exports)
    .filter(([entry]) => entry !== '.') // the same as ./client
    .map(([entry, target]) =>
      pageOf(entry, join(root, target.replace('./dist/package', 'src').replace(/\.js$/, '.ts'))),
    )
    .toSorted((one, other) => (one.file < other.file ? -1 : 1))
  const home = new Map(pages.flatMap(page => page.exports.map(one => [one.id, { page, name: one.name }])).toReversed())
  const texts = pages.map(page => [page.file, textOf(page, home)])
  return new Map([['README.md', indexOf(pages)], ...texts])
}

/** Reads an entry: its name and its exports, in alphabetical order. */
function pageOf(entry, path) {
  const name = entry.slice('./'.length)
  const exports = [...exportsOf(path)]
    .map(([exported, id]) => ({ name: exported, id, ...declarationOf(id) }))
    .toSorted((one, other) => (one.name.toLowerCase() < other.name.toLowerCase() ? -1 : 1))
  return { entry: `circles-rooms/${name}`, file: `${name.replaceAll('/', '-')}.md`, exports }
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
  const next =
    module.imports.get(name) ??
    module.exported.get(name) ??
    module.all.map(from => exportsOf(from).get(name)).find(Boolean)
  return next === undefined || next === id ? id : resolve(next)
}

const split = id => [id.slice(0, id.lastIndexOf('#')), id.slice(id.lastIndexOf('#') + 1)]

function declarationOf(id) {
  const [path, name] = split(id)
  if (!existsSync(path)) return { docs: `\`${name}\` of \`${path}\`.`, code: '', names: [], from: path }
  const module = moduleAt(path)
  const statements = module.declared.get(name) ?? []
  const emitted = statements.map(({ start, end }) => module.code.slice(start, end)).join('\n')
  const code = /: unknown;$/.test(emitted) ? sourceOf(path, name) : emitted
  const names = statements.flatMap(statement => [...typeNamesIn(statement)]).map(used => resolve(`${path}#${used}`))
  return {
    docs: docstringOf(module, statements[0]),
    code: tidied(code),
    names: [...new Set(names)].filter(one => one !== id),
  }
}

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
      return other ? [`[${other.name}](${other.page.file}#${anchor(other.name)})`] : []
    })
    const code = one.code === '' ? '' : `\n\n\`\`\`ts\n${one.code}\n\`\`\``
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
