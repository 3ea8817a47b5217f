// npm run package: builds the published package in dist/package: the client, the hooks, the protocol and the kit for
// agents as JavaScript with types, and the command line bundled into one file. It runs publint and arethetypeswrong on
// the result, and prints the sizes.
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { install, main, node, root, run, tool } from './toolchain.mjs'

const out = join(root, 'dist/package')
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

await main(async () => {
  await install()
  rmSync(out, { recursive: true, force: true })
  for (const project of ['tsconfig.package.json', 'tsconfig.package-agent.json']) {
    const code = await run(node, [tool('typescript', 'bin/tsc'), '-p', project])
    if (code !== 0) return code
  }
  for (const file of filesWith('.d.ts')) rewriteImports(file)
  const published = manifestOf(filesWith('.js'))
  await buildCommandLine()
  writeFileSync(join(out, 'package.json'), `${JSON.stringify(published, null, 2)}\n`)
  for (const name of ['LICENSE', 'README.md'])
    if (existsSync(join(root, name))) cpSync(join(root, name), join(out, name))

  const packed = execFileSync('npm', ['pack', '--silent', '--pack-destination', out], { cwd: out, encoding: 'utf8' })
  const tarball = join(out, packed.trim())
  const publint = await run(node, [tool('publint', 'src/cli.js'), '--strict', tarball])
  const attw = await run(node, [tool('@arethetypeswrong/cli', 'dist/index.js'), tarball, '--profile', 'esm-only'])
  const sizes = await checkSizes()
  return publint || attw || sizes
})

/** The files of the package whose names end with `end`. */
function filesWith(end) {
  return readdirSync(out, { recursive: true })
    .filter(path => path.endsWith(end))
    .map(path => join(out, path))
}

/** Renames imported `.ts` files to `.js` in a declaration file, where the compiler does not. */
function rewriteImports(file) {
  const text = readFileSync(file, 'utf8')
  writeFileSync(file, text.replaceAll(/(from |import\()(['"])(\.{1,2}\/[^'"]+)\.ts\2/g, '$1$2$3.js$2'))
}

/** The published manifest: ours with paths relative to dist/package, and only the dependencies that its modules import. */
function manifestOf(modules) {
  const { name, version, description, license, type, exports, imports, bin, dependencies, peerDependencies } = manifest
  const text = JSON.stringify({ exports, imports })
    .replaceAll('./dist/package/', './')
    .replaceAll(/"types":"\.\/src\/([^"]+)\.ts"/g, '"types":"./$1.d.ts"')
    .replaceAll(/\.\/src\/([^"]+)\.ts/g, './$1.js')
  const used = new Set(modules.flatMap(file => importsOf(readFileSync(file, 'utf8'))))
  const ownDependencies = Object.fromEntries(
    Object.entries(dependencies)
      .filter(([name]) => used.has(name))
      .map(([name, version]) => [name, `^${version}`]),
  )
  for (const peer of Object.keys(peerDependencies)) delete ownDependencies[peer]
  return {
    ...{ name, version, description, license, type },
    ...JSON.parse(text),
    bin,
    sideEffects: false,
    engines: { node: '>=22' },
    dependencies: ownDependencies,
    peerDependencies,
    peerDependenciesMeta: manifest.peerDependenciesMeta,
    files: ['**/*.js', '**/*.d.ts', 'bin'],
  }
}

/** Bundles the command line into one module, so that `npx circles` installs nothing that only it needs. */
async function buildCommandLine() {
  const { build } = await import('vite')
  await build({
    configFile: false,
    logLevel: 'error',
    ssr: { noExternal: true },
    build: { ssr: join(root, 'src/cli/main.ts'), outDir: join(out, 'cli'), target: 'node22', minify: false },
  })
  cpSync(join(root, 'bin'), join(out, 'bin'), { recursive: true })
}

/** The packages that a module imports. */
function importsOf(text) {
  return [...text.matchAll(/from '((?:@[^/']+\/)?[^./'][^/']*)/g)].map(([, name]) => name)
}

/**
 * Checks the gzipped size that a browser loads at first, with our dependencies and without React: not what is loaded on
 * demand. Resolves with an exit code.
 */
async function checkSizes() {
  const { build } = await import('vite')
  const bundledSize = async entry => {
    const { output } = await build({
      configFile: false,
      logLevel: 'error',
      build: {
        write: false,
        modulePreload: false,
        rolldownOptions: { input: entry, external: /^react/, preserveEntrySignatures: 'allow-extension' },
      },
    }).then(built => (Array.isArray(built) ? built[0] : built))
    const chunks = new Map(output.map(chunk => [chunk.fileName, chunk]))
    const first = new Set([output.find(({ isEntry }) => isEntry).fileName])
    for (const name of first)
      for (const imported of chunks.get(name).imports) if (chunks.has(imported)) first.add(imported)
    return gzipSync([...first].map(name => chunks.get(name).code).join('')).length
  }
  const client = await bundledSize(join(out, 'client/compat.js'))
  const both = join(out, 'both.js')
  writeFileSync(both, "export * from './client/compat.js'\nexport * from './client/react-compat.js'\n")
  const react = (await bundledSize(both)) - client
  rmSync(both)
  const rows = [
    // Tabs that share a socket, and the reader of mentions, which has to know Markdown, are loaded on demand.
    ['circles/client', client, 15 * 1024],
    ['circles/react in addition', react, 4 * 1024],
  ]
  for (const [entry, bytes, max] of rows) console.log(`${entry}: ${bytes} bytes gzipped, at most ${max}`)
  return rows.some(([, bytes, max]) => bytes > max) ? 1 : 0
}
