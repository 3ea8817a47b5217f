// npm run example:agent: serves Circles together with examples/agent, a Worker of its own bound as AGENT_OWL.
// What follows goes to `npm start`, as `-- --port 9000`.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { main, root } from './toolchain.mjs'

/** The configurations of both Workers. Circles' is its own with a binding more, in a file that is not kept. */
export function exampleConfigs(agent = 'Owl', config = 'examples/agent/wrangler.toml') {
  const bound = `binding = "AGENT_${agent.toUpperCase()}"`
  const binding = `\n[[services]]\n${bound}\nservice = "circles-${agent.toLowerCase()}"\nentrypoint = "${agent}"\n`
  writeFileSync(join(root, 'wrangler.example.toml'), readFileSync(join(root, 'wrangler.toml'), 'utf8') + binding)
  return ['wrangler.example.toml', config]
}

if (process.argv[1] === import.meta.filename) {
  await main(async () => {
    const configs = exampleConfigs().flatMap(path => ['--config', path])
    const start = [join(root, 'scripts/start.mjs'), ...configs, ...process.argv.slice(2)]
    const child = spawn(process.execPath, start, { cwd: root, stdio: 'inherit' })
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
    const [code] = await once(child, 'exit')
    return code ?? 1
  })
}
