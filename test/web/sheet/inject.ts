import type { Page } from 'playwright-core'
import { framesIn } from '../fixtures.ts'
import type { Frames } from './agent-frames.ts'

/** Where a page receives frames from a channel, after the server's own `welcome`, and which. */
export type Injected = { path: RegExp; channel: string; frames: Frames }

/** Lets a page receive frames that the server does not send. It is to be called before the page is opened. */
export async function inject(page: Page, { path, channel, frames }: Injected): Promise<void> {
  await page.routeWebSocket(path, route => {
    const server = route.connectToServer()
    route.onMessage(message => server.send(message))
    server.onMessage(message => {
      route.send(message)
      const welcome = framesIn(message).find(({ type }) => type === 'welcome')
      if (welcome === undefined) return
      const { head } = welcome.data
      const { events = [], live = [] } = frames(head)
      const timestamp = new Date().toISOString()
      for (const [index, { type, data }] of events.entries()) {
        const seq = head + index + 1
        route.send(JSON.stringify({ type, data, seq, id: `seq:${seq}`, timestamp, channel }))
      }
      for (const frame of live) route.send(JSON.stringify(frame))
    })
  })
}

/** Lets a page's sockets stay silent, as those of a server that is slow. */
export const holdSockets = (page: Page): Promise<void> => page.routeWebSocket(/\/ws\//, () => {})

/** Returns a function that closes a page's sockets and refuses those that follow. */
export async function cuttableSockets(page: Page): Promise<() => Promise<void>> {
  let isCut = false
  const open: { close(options: { code: number }): Promise<void> }[] = []
  await page.routeWebSocket(/\/ws\//, route => {
    if (isCut) return void route.close({ code: 1011 })
    route.connectToServer()
    open.push(route)
  })
  return async () => {
    isCut = true
    for (const route of open) await route.close({ code: 1011 })
  }
}
