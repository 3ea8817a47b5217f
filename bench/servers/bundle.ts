import { mkdir, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { node, root, run, tool } from '../../scripts/toolchain.mjs'
import { compatibility } from './workerd.ts'

const bundles = new Map<string, Promise<string>>()

/** Bundles Circles as a deploy would upload it, or another entry point in its place, once per run; returns the file. */
export function bundleCircles(scratch: string, main = join(root, 'src/worker.ts')): Promise<string> {
  return once(main, async () => {
    const name = basename(main, '.ts')
    const folder = join(scratch, `circles-${bundles.size}-${name}`)
    await dryRun([main, '--outdir', folder])
    return join(folder, `${name}.js`)
  })
}

/** Bundles a Worker of one file with the same tool, once per run; returns the file. `objects`: binding to class. */
export function bundleWorker(source: string, objects: Record<string, string>, scratch: string): Promise<string> {
  return once(source, async () => {
    const name = basename(source, '.ts')
    const folder = join(scratch, name)
    await dryRun(['--config', await writeWranglerConfig(source, objects, folder), '--outdir', folder])
    return join(folder, `${name}.js`)
  })
}

/** Writes a wrangler configuration with these objects; returns the file. */
export async function writeWranglerConfig(
  main: string,
  objects: Record<string, string>,
  folder: string,
): Promise<string> {
  await mkdir(folder, { recursive: true })
  const bindings = Object.entries(objects).map(([name, class_name]) => ({ name, class_name }))
  const config = {
    name: basename(main).replace(/\..*$/, ''),
    main,
    compatibility_date: compatibility.date,
    compatibility_flags: compatibility.flags,
    durable_objects: { bindings },
    migrations: [{ tag: 'v1', new_sqlite_classes: Object.values(objects) }],
  }
  const file = join(folder, 'wrangler.json')
  await writeFile(file, JSON.stringify(config))
  return file
}

function once(key: string, bundle: () => Promise<string>): Promise<string> {
  const existing = bundles.get(key) ?? bundle()
  bundles.set(key, existing)
  return existing
}

async function dryRun(args: string[]): Promise<void> {
  const wrangler = [tool('wrangler', 'bin/wrangler.js'), 'deploy', '--dry-run', ...args]
  const code = await run(node, wrangler, { WRANGLER_LOG: 'warn' })
  if (code !== 0) throw new Error(`wrangler deploy --dry-run exited with ${code}, from ${root}`)
}
