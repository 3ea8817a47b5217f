// The configuration of `npm start`: wrangler.toml with everything that a deployment may have besides, since the local
// simulation needs nothing made first. It is written to a file that git ignores.
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isConfigured, optionalResources, tomlOf } from '../src/cli/deploy/optional-resources.mjs'
import { root } from './toolchain.mjs'

/** Returns the text of the local configuration. */
export function localConfigText() {
  const text = readFileSync(join(root, 'wrangler.toml'), 'utf8')
  const missing = Object.values(optionalResources).filter(resource => !isConfigured(resource, text))
  return text + missing.map(({ config }) => tomlOf(config)).join('')
}

/** Writes a configuration beside wrangler.toml, unless it is there already; returns its name. */
export function writeConfig(name, text) {
  const path = join(root, name)
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return name
  const next = `${path}.${process.pid}` // others may be reading it
  writeFileSync(next, text)
  renameSync(next, path)
  return name
}
