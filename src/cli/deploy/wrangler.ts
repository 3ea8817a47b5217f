import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { CliError } from '../exit-codes.ts'

/** Runs wrangler. `show`: in the user's terminal, where it may ask something; otherwise its output is returned. */
export type Wrangler = (
  args: readonly string[],
  options?: { show?: boolean; env?: Record<string, string> },
) => Promise<{ code: number; output: string }>

/** The wrangler that is installed for this folder. */
export function wranglerOf(folder: string): Wrangler {
  const script = scriptFor(folder)
  return (args, { show = false, env = {} } = {}) =>
    new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [script, ...args], {
        cwd: folder,
        env: { ...process.env, ...env },
        stdio: show ? 'inherit' : ['ignore', 'pipe', 'pipe'],
      })
      let output = ''
      for (const stream of [child.stdout, child.stderr]) stream?.on('data', chunk => (output += chunk))
      child.on('error', reject)
      child.on('close', code => resolve({ code: code ?? 1, output }))
    })
}

function scriptFor(folder: string): string {
  try {
    return join(
      dirname(createRequire(join(folder, 'package.json')).resolve('wrangler/package.json')),
      'bin/wrangler.js',
    )
  } catch {
    throw new CliError('usage', 'wrangler is not installed here. Run: npm install --save-dev wrangler')
  }
}
