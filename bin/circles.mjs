#!/usr/bin/env node
// The command `circles-rooms`. A published package holds it built; in the repository Node reads the source itself.
import { existsSync, readFileSync } from 'node:fs'
import module from 'node:module'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 22)) {
  console.error(`circles-rooms needs Node 22.22 or newer; this is ${process.versions.node}.`)
  process.exit(1)
}
module.enableCompileCache() // the second start takes half as long
const source = new URL('../src/cli/main.ts', import.meta.url)
const { main } = await import(
  existsSync(source) ? source.href : new URL('../dist/package/cli/main.js', import.meta.url).href
)
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
process.exitCode = await main(process.argv, version)
