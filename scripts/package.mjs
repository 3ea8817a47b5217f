// npm pack (prepack): builds what is published in dist/package: a module with types for each entry in the `exports` and
// `imports` of package.json, and the command line as one file. It checks the sizes and the dependencies.
// npm run package (--check) also packs it and runs publint and arethetypeswrong on the result.
// A new entry is one line in `exports`: dist/package/a/b.js is built from src/a/b.ts.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { gzipSync } from 'node:zlib'
import { buildComponents } from './package-ui.mjs'
import { environment, install, main, node, root, run, tool } from './toolchain.mjs'

const published = 'dist/package'
const out = join(root, published)
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

// What a page loads at most that is built by Vite, in bytes, gzipped: with our dependencies and with what Vite adds for
// import(), without React.
const maxSizes = {
  // Tabs that share a socket, reports of what was received, and the reader of mentions, which has to know Markdown, are
  // loaded on demand.
  './client': 15_000,
  './react': 4_000, // in addition to the client, as the components are
  './ui': 36_500,
}
// What is measured of an entry that also has the names of 0.1; of the others, everything.
const measured = { './client': '{ createClient, CirclesError }' }

await main(async () => {
  const args = process.argv.slice(2)
  if (Number(process.versions.node.split('.')[0]) < 24) {
    await install()
    return run(node, [import.meta.filename, ...args]) // vite needs a newer Node than many machines have
  }
  await install()
  rmSync(out, { recursive: true, force: true })
  const built = (await compile()) || (await buildComponents(out)) || (await buildCommandLine())
  const code = built || checkDependencies() || (await checkSizes())
  return code === 0 && args.includes('--check') ? checkTarball() : code
})

/** The sources of the entries, relative to the repository. */
function sources() {
  const targets = value => (typeof value === 'string' ? [value] : Object.values(value).flatMap(targets))
  const built = [manifest.exports, manifest.imports].flatMap(targets)
  const modules = built.filter(isModule).map(path => relative(published, path).replace(/\.d\.ts$|\.js$/, ''))
  return [...new Set(modules)].map(path => `src/${path}.ts`)
}

/** Whether a file of the package is a module that the compiler makes. */
function isModule(path) {
  return !path.endsWith('.css')
}

/** Compiles the entries and what they import, with the types of browsers or with those of Workers; resolves with a code. */
async function compile() {
  mkdirSync(out, { recursive: true })
  const isOfBrowser = path => /^src\/(client|http-client|protocol|web)\//.test(path)
  const groups = [
    ['browser', isOfBrowser],
    ['workers', path => !isOfBrowser(path)],
  ]
  for (const [name, belongs] of groups) {
    const project = join(root, 'dist', `tsconfig.${name}.json`)
    const files = sources()
      .filter(belongs)
      .map(path => `../${path}`)
    writeFileSync(project, JSON.stringify({ extends: `../tsconfig.package-${name}.json`, files }))
    const code = await run(node, [tool('typescript', 'bin/tsc'), '-p', project])
    if (code !== 0) return code
  }
  for (const file of filesWith('.d.ts')) rewriteImports(file)
  return 0
}

/** The files of the package whose names end with `end`. */
function filesWith(end) {
  return readdirSync(out, { recursive: true })
    .filter(path => path.endsWith(end))
    .map(path => join(out, path))
}

/** Renames imported `.ts` files to `.js` in a declaration file, where the compiler does not. */
function rewriteImports(file) {
  const text = readFileSync(file, 'utf8')
  writeFileSync(file, text.replaceAll(/(from |import\(|import )(['"])(\.{1,2}\/[^'"]+)\.tsx?\2/g, '$1$2$3.js$2'))
}

/** Bundles the command line into one module, so that `npx circles-rooms` installs nothing that only it needs. */
async function buildCommandLine() {
  const { build } = await import('vite')
  await build({
    configFile: false,
    logLevel: 'error',
    ssr: { noExternal: true },
    build: { ssr: join(root, 'src/cli/main.ts'), outDir: join(out, 'cli'), target: 'node22', minify: false },
  })
  return 0
}

/** Checks that package.json names every package that a published module imports; returns an exit code. */
function checkDependencies() {
  const named = new Set([manifest.name, ...Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })])
  const isBundled = file => file.startsWith(join(out, 'cli')) || file.startsWith(join(out, 'web'))
  const imported = filesWith('.js').flatMap(file => (isBundled(file) ? [] : importsOf(readFileSync(file, 'utf8'))))
  const missing = [...new Set(imported)].filter(name => !named.has(name) && !/^(node|cloudflare):/.test(name))
  for (const name of missing) console.error(`${name} is imported by a published module, but is no dependency`)
  return missing.length === 0 ? 0 : 1
}

/** The packages that a module imports. */
function importsOf(text) {
  return [...text.matchAll(/from '((?:@[^/']+\/)?[^./'#][^/']*)/g)].map(([, name]) => name)
}

/** Checks the size of each entry that has a limit; resolves with an exit code. */
async function checkSizes() {
  const sizes = {}
  for (const entry of Object.keys(maxSizes).filter(entry => entry in manifest.exports)) {
    const isBeside = entry !== './client'
    const loaded = isBeside ? ['./client', entry] : [entry]
    const size = await bundledSize(loaded.map(useOf).join(''))
    sizes[entry] = isBeside ? size - sizes['./client'] : size
    // npm prints the tarball's name on standard output.
    console.error(`${entry}: ${sizes[entry]} bytes gzipped, at most ${maxSizes[entry]}`)
  }
  return Object.entries(sizes).some(([entry, size]) => size > maxSizes[entry]) ? 1 : 0
}

/** Code that uses an entry, so that a bundler leaves it in. */
function useOf(entry) {
  const names = measured[entry] ?? `* as ${entry.slice(2)}`
  const file = join(root, manifest.exports[entry])
  return `import ${names} from ${JSON.stringify(file)}\nconsole.log(${names.replace('* as ', '')})\n`
}

/** The gzipped size of a page's script with all that it loads at once, in bytes. */
async function bundledSize(text) {
  const { build } = await import('vite')
  const input = join(root, 'dist/size.js')
  writeFileSync(input, text)
  const built = await build({
    configFile: false,
    logLevel: 'error',
    build: { write: false, rolldownOptions: { input, external: /^react/ } },
  })
  rmSync(input)
  const { output } = Array.isArray(built) ? built[0] : built
  const chunks = new Map(output.map(chunk => [chunk.fileName, chunk]))
  const first = new Set(output.filter(({ isEntry }) => isEntry).map(({ fileName }) => fileName))
  for (const name of first)
    for (const imported of chunks.get(name).imports) if (chunks.has(imported)) first.add(imported)
  return gzipSync([...first].map(name => chunks.get(name).code).join('')).length
}

/** Packs what was built and runs publint and arethetypeswrong on the tarball; resolves with an exit code. */
async function checkTarball() {
  const args = ['pack', '--silent', '--ignore-scripts', '--pack-destination', join(root, 'dist')]
  const packed = execFileSync('npm', args, { cwd: root, env: environment(), encoding: 'utf8' }).trim()
  const tarball = join(root, 'dist', packed.split('\n').at(-1))
  const publint = await run(node, [tool('publint', 'src/cli.js'), '--strict', tarball])
  const styles = ['--exclude-entrypoints', './ui/styles.css']
  const attw = await run(node, [
    tool('@arethetypeswrong/cli', 'dist/index.js'),
    tarball,
    '--profile',
    'esm-only',
    ...styles,
  ])
  return publint || attw
}
