// npm run example:agent: serves Circles together with examples/agent, a separate Worker that is bound as AGENT_OWL.
// Further arguments go to `npm start`, as in `-- --port 9000`.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { localConfigText, writeConfig } from './local-config.mjs'
import { main, root, stopWithParent } from './toolchain.mjs'

/** The configurations of both Workers; that of Circles has one more binding, and is written to a file git ignores. */
export function exampleConfigs(agent = 'Owl', config = 'examples/agent/wrangler.toml') {
  const bindingName = `binding = "AGENT_${agent.toUpperCase()}"`
  const binding = `\n[[services]]\n${bindingName}\nservice = "circles-${agent.toLowerCase()}"\nentrypoint = "${agent}"\n`
  const circlesConfig = `wrangler.example-${agent.toLowerCase()}.toml` // one per agent: tests run at the same time
  writeConfig(circlesConfig, localConfigText() + binding)
  return [circlesConfig, config]
}

if (process.argv[1] === import.meta.filename) {
  await main(async () => {
    const configs = exampleConfigs().flatMap(path => ['--config', path])
    const start = [join(root, 'scripts/start.mjs'), ...configs, ...process.argv.slice(2)]
    const child = spawn(process.execPath, start, { cwd: root, stdio: 'inherit' })
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
    stopWithParent(() => child.kill('SIGTERM'))
    const [code] = await once(child, 'exit')
    return code ?? 1
  })
}
