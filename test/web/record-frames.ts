import type { Page } from 'playwright-core'
import { eventData } from '../../src/protocol/events/events.ts'
import type { Acked, Reader, SeenEvent } from '../support/checker.ts'

type Frame = SeenEvent & { data: { id?: string; events?: SeenEvent[]; user?: { id: string }; content?: string } }

/** The events that a page received, by socket, and the acks of its messages. */
export type FrameRecord = { acked: Acked[]; asReader(): Reader }

/** Records the frames on a page's sockets from now on, in the form that the checker takes. */
export function recordFrames(page: Page, name: string): FrameRecord {
  const sockets: SeenEvent[][] = []
  const acked: Acked[] = []
  const sent = new Map<string, string>() // content by command id
  let user = ''
  page.on('websocket', socket => {
    const events: SeenEvent[] = []
    sockets.push(events)
    socket.on('framesent', ({ payload }) => {
      for (const { type, id, data } of parseFrames(payload)) if (type === 'message') sent.set(id, data.content ?? '')
    })
    socket.on('framereceived', ({ payload }) => {
      for (const frame of parseFrames(payload)) receive(frame, events)
    })
  })

  function receive(frame: Frame, events: SeenEvent[]): void {
    const { type, data } = frame
    if (type === 'welcome') user = data.user?.id ?? ''
    else if (type in eventData) events.push(frame)
    // A page of older messages answers a request and has its id; the pages of a resume have none.
    else if (type === 'history' && data.id === undefined) events.push(...(data.events ?? []))
    else if (type === 'ack' && sent.has(data.id ?? '')) {
      const { id = '', seq } = data as { id?: string; seq?: number }
      if (seq !== undefined) acked.push({ user, id, seq, content: sent.get(id) ?? '' })
    }
  }
  return { acked, asReader: () => ({ name, sockets, caughtUp: true }) }
}

function parseFrames(payload: string | Buffer): Frame[] {
  const value: unknown = JSON.parse(String(payload))
  return (Array.isArray(value) ? value : [value]) as Frame[]
}
