import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { environment } from '../../scripts/toolchain.mjs'

/** Packs the package of a folder; returns the path of its tarball, the only file in `into`. */
export function pack(folder: string, into: string): string {
  mkdirSync(into)
  execFileSync('npm', ['pack', '--silent', '--pack-destination', into], { cwd: folder, env: environment() })
  return join(into, readdirSync(into)[0] ?? 'nothing was packed')
}
