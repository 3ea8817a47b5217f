import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts'
import { type ExampleSite, serveExample } from '../example-site.ts'

/** The folder of the example. */
export const folder = join(import.meta.dirname, '../../../examples/editors')

/** A page in a profile of its own, with a network that can be cut; `problems`: errors in the page. */
export type EditorPage = { page: Page; network: TcpProxy; problems: string[]; close(): Promise<void> }

/** Serves the pages that were built into the example's `dist`. */
export const startSite = (): Promise<ExampleSite> => serveExample(folder)

/** Opens the page of an editor as somebody, and waits until it is connected. */
export async function openEditor({ server, browser }: ExampleSite, editor: string, name: string): Promise<EditorPage> {
  const network = await startTcpProxy(server.port)
  const context = await browser.newContext({ viewport: { width: 1000, height: 700 } })
  const page = await context.newPage()
  const problems: string[] = []
  page.on('pageerror', error => problems.push(error.stack ?? error.message))
  await context.route(
    ({ hostname }) => hostname !== '127.0.0.1',
    route => {
      problems.push(`request to ${route.request().url()}`)
      return route.abort()
    },
  )
  await page.goto(`${network.url}/${editor}?name=${name}`)
  await page.getByText('Connected', { exact: true }).waitFor()
  const close = async (): Promise<void> => {
    await context.close()
    await network.stop()
  }
  return { page, network, problems, close }
}

/** Cuts the network of a page, until the function that it returns is called. */
export async function cut({ page, network }: EditorPage): Promise<() => Promise<void>> {
  await network.stop()
  await page.getByText('Not connected').waitFor()
  return async () => {
    await network.start()
    await page.getByText('Connected', { exact: true }).waitFor()
  }
}
