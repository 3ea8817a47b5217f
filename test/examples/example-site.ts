import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { startBrowser } from '../support/browser.ts'
import { type Server, startServer } from '../support/server.ts'

/** An example's server, and a browser. */
export type ExampleSite = AsyncDisposable & { server: Server; browser: Browser }

/** Serves the example in a folder, whose page has been built. */
export async function serveExample(folder: string): Promise<ExampleSite> {
  const [server, browser] = await Promise.all([
    startServer({}, { configs: [join(folder, 'wrangler.toml')] }),
    startBrowser(),
  ])
  const dispose = async (): Promise<void> => {
    await browser.close()
    await server[Symbol.asyncDispose]()
  }
  return { server, browser, [Symbol.asyncDispose]: dispose }
}
