// Bundles the components of `circles-rooms/ui`, which are those of the page: with what reads Markdown and colours code, on
// demand, and without React, the client and the protocol, which the package has already.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from './toolchain.mjs'
import { uiStyles } from './ui-styles.mjs'

const source = join(root, 'src')
const mark = '#of-the-package/'
const beside = /^react(-dom)?(\/|$)/ // what an app has, and the package does not bring

/** Replaces the modules that the compiler made of the page’s by a bundle, beside their types; resolves with an exit code. */
export async function buildComponents(out) {
  for (const path of readdirSync(join(out, 'web'), { recursive: true }))
    if (path.endsWith('.js')) rmSync(join(out, 'web', path))
  const { build } = await import('vite')
  await build({
    configFile: false,
    logLevel: 'error',
    plugins: [keepOwnModules(), ownWords()],
    resolve: { alias: { '@ungap/structured-clone': join(source, 'web/lib/structured-clone.ts') } },
    build: {
      outDir: join(out, 'web/ui'),
      emptyOutDir: false,
      target: 'es2022',
      minify: false,
      license: { fileName: 'licenses.md' },
      lib: { entry: join(source, 'web/ui/index.ts'), formats: ['es'], fileName: 'index' },
      rolldownOptions: { external: beside },
    },
  })
  writeFileSync(join(out, 'web/ui/styles.css'), uiStyles())
  return 0
}

/** Leaves the imports of the client and of the protocol as they are: there is one of each in the package. */
function keepOwnModules() {
  return {
    name: 'keep-own-modules',
    enforce: 'pre',
    resolveId(id, importer) {
      if (!id.startsWith('.') || importer === undefined) return null
      const path = relative(source, resolve(dirname(importer), id)).replaceAll(sep, '/')
      return /^(client|protocol)\//.test(path) ? { id: mark + path.replace(/\.ts$/, '.js'), external: true } : null
    },
    generateBundle(_, bundle) {
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== 'chunk') continue
        const foreign = [...chunk.imports, ...chunk.dynamicImports].filter(
          id => !(id in bundle) && !id.startsWith(mark) && !beside.test(id),
        )
        if (foreign.length > 0) throw new Error(`the components import ${foreign.join(', ')}`)
        const code = chunk.code.replaceAll(mark, '../../')
        chunk.code = chunk.isEntry && !/^['"]use client/.test(code) ? `'use client'\n${code}` : code
      }
    },
  }
}

/** Leaves out the words that only the page says: those whose keys stand in no module of the components. */
function ownWords() {
  const used = new Set()
  for (const path of componentModules())
    for (const [, key] of readFileSync(path, 'utf8').matchAll(/'(\w+\.\w+)'/g)) used.add(key)
  return {
    name: 'own-words',
    enforce: 'pre',
    async transform(_, id) {
      if (!/\/words\/\w+\/(first|more)\.ts$/.test(id.replaceAll(sep, '/'))) return null
      const { words } = await import(pathToFileURL(id).href)
      const kept = Object.entries(words).filter(([key]) => used.has(key) || /^(error|cause)\./.test(key))
      return { code: `export const words = ${JSON.stringify(Object.fromEntries(kept))}`, map: null }
    },
  }
}

/** The folders of the page whose modules are those of the components; what else there is, is the page's. */
export const componentFolders = ['composer', 'conversation', 'files', 'inbox', 'lib', 'people', 'text', 'ui', 'words']

function componentModules() {
  return componentFolders.flatMap(name =>
    readdirSync(join(source, 'web', name), { recursive: true })
      .filter(path => /\.tsx?$/.test(path) && !/^(en|de|ar)\b/.test(path))
      .map(path => join(source, 'web', name, path)),
  )
}
