import { bundle } from './bundle.ts'
import { bundledWorker } from './server.ts'

const bundles = new AsyncDisposableStack()

/** Before a run of vitest: the Worker is bundled once, for all servers that the run starts. */
export async function setup(): Promise<void> {
  process.env[bundledWorker] = bundles.use(await bundle()).script
}

/** After the run. */
export async function teardown(): Promise<void> {
  await bundles.disposeAsync()
}
