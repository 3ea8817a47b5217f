import { Hono } from 'hono'
import type { ChannelKind } from '../protocol/channels.ts'
import { commandData } from '../protocol/commands.ts'
import { nativeEvent } from '../protocol/dialects/native.ts'
import { askChannel, type Http } from './api.ts'
import { complaint } from './body.ts'
import { failure, methodNotAllowed } from './errors.ts'

/** `GET …/events?after=&before=&limit=`: a page of a channel's log, its events as native frames. */
export function historyOf(kind: ChannelKind): Hono<Http> {
  const history = new Hono<Http>()
  history.get('/', async context => {
    const page = commandData.history.safeParse(numbersIn(context.req.query()))
    if (!page.success) return failure('invalid', complaint(page.error))
    const asked = await askChannel(context, kind, { type: 'history', id: 'page', data: page.data })
    if (asked instanceof Response) return asked
    const { answer, epoch, head, channel } = asked
    if (answer.type !== 'history') throw new Error(`history is answered by history, not by ${answer.type}`)
    const events = answer.data.events.map(event => nativeEvent(event, channel))
    return context.json({ events, more: answer.data.more, head, epoch })
  })
  history.all('/', () => methodNotAllowed('GET'))
  return history
}

function numbersIn({ after, before, limit }: Record<string, string>) {
  const given = Object.entries({ after, before, limit }).filter(([, text]) => text !== undefined)
  return Object.fromEntries(given.map(([key, text]) => [key, /^\d+$/.test(text ?? '') ? Number(text) : text]))
}
