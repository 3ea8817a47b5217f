import type { Locator, Page, WebSocketRoute } from 'playwright-core'
import { conversation } from './fixtures.ts'

/** Replies that grow before one reader: their frames are added to those of the server. */
export type GrowingReplies = {
  begin(turn: string, prompt?: number): Promise<void>
  write(turn: string, text: string): void
  /** Says again what the agent is doing, as while it uses a tool. */
  work(turn: string): void
  /** Resolves when the page has received a frame of the server with this text. */
  received(text: string): Promise<void>
}

/** Adds replies to what a page receives that joins a circle afterwards. */
export async function growingReplies(page: Page): Promise<GrowingReplies> {
  let socket: WebSocketRoute | undefined
  const received: string[] = []
  const waiting: (() => void)[] = []
  const replies = new Map<string, { index: number; prompt: number }>()
  await page.routeWebSocket(/\/ws\/circles\//, route => {
    const server = route.connectToServer()
    server.onMessage(message => {
      route.send(message)
      received.push(String(message))
      for (const resolve of waiting.splice(0)) resolve()
    })
    route.onMessage(message => server.send(message))
    socket = route
  })
  const send = (type: string, data: object): void => socket?.send(JSON.stringify({ type, data }))
  const replyOf = (turn: string) => {
    const reply = replies.get(turn)
    if (reply === undefined) throw new Error(`the reply ${turn} has not begun`)
    return reply
  }
  const status = (turn: string, state: string): void =>
    send('agent_status', { turn, agent_id: turn, in_reply_to: replyOf(turn).prompt, state, attempt: 1 })
  const isReceived = async (text: string): Promise<void> => {
    while (!received.some(message => message.includes(text))) await new Promise<void>(resolve => waiting.push(resolve))
  }
  return {
    async begin(turn, prompt = 1) {
      await isReceived('"welcome"') // which says that there are no replies
      replies.set(turn, { index: 0, prompt })
      status(turn, 'thinking')
    },
    write(turn, text) {
      send('agent_delta', { turn, agent_id: turn, index: replyOf(turn).index++, text })
    },
    work(turn) {
      status(turn, 'tool')
      status(turn, 'thinking')
    },
    received: isReceived,
  }
}

/** Returns so many paragraphs, each with its number. */
export const paragraphs = (word: string, count: number): string =>
  Array.from({ length: count }, (_, index) => `\n\n${word} ${index + 1}`).join('')

/** Scrolls up until a paragraph is in the middle of the window, or where `at` says: 0 is its top. */
export const readParagraph = (
  page: Page,
  text: string,
  { list = conversation(page), at = 0.5 }: { list?: Locator; at?: number } = {},
): Promise<void> =>
  list.evaluate(
    async (list, { text, at }) => {
      const find = () => [...list.querySelectorAll('p')].find(({ textContent }) => textContent === text)
      while (find() === undefined && list.scrollTop > 0) {
        list.scrollTo({ top: list.scrollTop - 300 })
        await new Promise(resolve => requestAnimationFrame(() => setTimeout(resolve)))
      }
      const line = find()
      if (line === undefined) throw new Error(`the line "${text}" is not there`)
      const { top, height } = list.getBoundingClientRect()
      list.scrollTo({ top: list.scrollTop + line.getBoundingClientRect().top - top - height * at })
    },
    { text, at },
  )

/**
 * Watches in every frame where a paragraph is, and returns a function that says how far it was from its first place (px)
 * at most; Infinity if it was not there in some frame.
 */
export async function watchParagraph(
  page: Page,
  text: string,
  list = conversation(page),
): Promise<() => Promise<number>> {
  const watch = await list.evaluateHandle((list, text) => {
    const place = (): number | undefined =>
      [...list.querySelectorAll('p')].find(({ textContent }) => textContent === text)?.getBoundingClientRect().top
    const first = place() ?? Number.NaN
    let most = 0
    let isWatching = true
    const look = (): void => {
      most = Math.max(most, Math.abs((place() ?? Infinity) - first))
      if (isWatching) requestAnimationFrame(look)
    }
    look()
    return {
      end: () =>
        new Promise<number>(resolve => {
          // What was received is drawn in the next frame, and measured in it: the frame after that shows it.
          requestAnimationFrame(() =>
            requestAnimationFrame(() =>
              requestAnimationFrame(() => {
                look()
                isWatching = false
                resolve(most)
              }),
            ),
          )
        }),
    }
  }, text)
  return () => watch.evaluate(watched => watched.end())
}
