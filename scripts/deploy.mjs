// npm run deploy: installs what is missing and runs `circles-rooms deploy`, which explains its options with --help.
import { join } from 'node:path'
import { install, main, node, root, run } from './toolchain.mjs'

await main(async () => {
  await install()
  return run(node, [join(root, 'bin/circles.mjs'), 'deploy', ...process.argv.slice(2)])
})
