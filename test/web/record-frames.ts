import type { Page } from 'playwright-core'
import { eventData } from '../../src/protocol/events.ts'
import type { Acked, Reader, SeenEvent } from '../support/checker.ts'

type Heard = SeenEvent & { data: { id?: string; events?: SeenEvent[]; user?: { id: string }; content?: string } }

/** What goes over a page's sockets from now on, as the checker takes it. */
export function overhear(page: Page, name: string): { acked: Acked[]; asReader(): Reader } {
  const visits: SeenEvent[][] = []
  const acked: Acked[] = []
  const said = new Map<string, string>() // content by command id
  let user = ''
  page.on('websocket', socket => {
    const visit: SeenEvent[] = []
    visits.push(visit)
    socket.on('framesent', ({ payload }) => {
      for (const { type, id, data } of framesIn(payload)) if (type === 'message') said.set(id, data.content ?? '')
    })
    socket.on('framereceived', ({ payload }) => {
      for (const frame of framesIn(payload)) hear(frame, visit)
    })
  })

  function hear(frame: Heard, visit: SeenEvent[]): void {
    const { type, data } = frame
    if (type === 'welcome') user = data.user?.id ?? ''
    else if (type in eventData) visit.push(frame)
    // A page of older lines was asked for, and has an id; what a resume brings has none.
    else if (type === 'history' && data.id === undefined) visit.push(...(data.events ?? []))
    else if (type === 'ack' && said.has(data.id ?? '')) {
      const { id = '', seq } = data as { id?: string; seq?: number }
      if (seq !== undefined) acked.push({ user, id, seq, content: said.get(id) ?? '' })
    }
  }
  return { acked, asReader: () => ({ name, visits, caughtUp: true }) }
}

function framesIn(payload: string | Buffer): Heard[] {
  const value: unknown = JSON.parse(String(payload))
  return (Array.isArray(value) ? value : [value]) as Heard[]
}
