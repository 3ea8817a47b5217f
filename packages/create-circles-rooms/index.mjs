#!/usr/bin/env node
// npm create circles-rooms my-app -- [--circles <spec>] [--no-install]: copies the template into a new folder.
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { cpSync, existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { basename, isAbsolute, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const usage = 'Usage: npm create circles-rooms <folder> -- [--circles <version or tarball>] [--no-install]'
const here = fileURLToPath(new URL('.', import.meta.url))

try {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { circles: { type: 'string' }, 'no-install': { type: 'boolean', default: false } },
  })
  if (positionals.length !== 1) throw new Error(usage)
  process.exitCode = create(resolve(positionals[0]), values)
} catch (error) {
  console.error(error.message)
  process.exitCode = 2
}

/** Makes the project; returns an exit code. */
function create(folder, { circles, 'no-install': noInstall }) {
  const name = basename(folder).toLowerCase()
  if (!/^[a-z0-9][a-z0-9-]{0,53}$/.test(name)) {
    throw new Error(`"${name}" cannot be the name of a Worker: use letters, digits and dashes, at most 54.`)
  }
  if (existsSync(folder) && readdirSync(folder).length > 0) throw new Error(`${folder} is not empty.`)
  cpSync(join(here, 'template'), folder, { recursive: true })
  renameSync(join(folder, '_gitignore'), join(folder, '.gitignore')) // npm would leave it out of the package
  const secret = randomBytes(32).toString('hex') // of this machine: `npm run deploy` makes another
  writeFileSync(join(folder, '.dev.vars'), `AUTH_SECRET=${secret}\n`, { mode: 0o600 })
  for (const file of ['package.json', 'wrangler.toml', 'README.md', 'page/index.html'])
    replaceIn(join(folder, file), /my-app/g, name)
  replaceIn(
    join(folder, 'package.json'),
    '"circles-rooms": "*"',
    `"circles-rooms": ${JSON.stringify(specOf(circles, folder))}`,
  )
  if (!noInstall && install(folder) !== 0) return 1
  const steps = [`cd ${relative(process.cwd(), folder) || '.'}`, ...(noInstall ? ['npm install'] : []), 'npm run dev']
  console.log(`\nMade ${name}. Next:\n\n${steps.map(step => `  ${step}\n`).join('')}`)
  return 0
}

/** The dependency as package.json states it: our own version, or what was given; a file is named from the new folder. */
function specOf(given, folder) {
  if (given === undefined) return `^${JSON.parse(readFileSync(join(here, 'package.json'), 'utf8')).version}`
  const path = given.replace(/^file:/, '')
  if (!isAbsolute(path) && !existsSync(path)) return given
  return `file:${relative(folder, resolve(path)).replaceAll('\\', '/')}`
}

function install(folder) {
  const npm = process.env.npm_execpath
  const args = ['install', '--no-audit', '--no-fund']
  const [program, all] = npm ? [process.execPath, [npm, ...args]] : ['npm', args]
  return spawnSync(program, all, { cwd: folder, stdio: 'inherit', env: outsideNpm() }).status ?? 1
}

/** The environment without what `npm create` set for its own run. */
function outsideNpm() {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^npm_(config|package|lifecycle)/.test(name)),
  )
}

function replaceIn(file, from, to) {
  writeFileSync(file, readFileSync(file, 'utf8').replace(from, to))
}
