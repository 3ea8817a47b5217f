import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { renderToStaticMarkup } from 'react-dom/server'
import { beforeAll, expect, test, vi } from 'vitest'
import type { Channel } from '../../../src/client/client.ts'
import type { MessageRow } from '../../../src/web/conversation/rows.ts'
import type { ChatActions } from '../../../src/web/ui/chat-state.ts'
import { sourceFolder } from '../../support/source.ts'
import '../english.ts'

// Every boundary shows its fallback, as if all within it had failed.
vi.mock('../../../src/web/lib/error-boundary.tsx', () => ({
  ErrorBoundary: ({ fallback }: { fallback: unknown }) => fallback,
}))
const { MessageBody } = await import('../../../src/web/text/message-body.tsx')
const { mentionTools } = await import('../../../src/web/text/use-mention-tools.ts')
const { ThreadMessage } = await import('../../../src/web/conversation/thread-message.tsx')
const { RowContent } = await import('../../../src/web/conversation/row.tsx')

beforeAll(() => mentionTools.load())

test('a message whose Markdown cannot be rendered is shown as plain text', () => {
  const html = renderToStaticMarkup(<MessageBody text={'a *b* @ada'} isStreaming={false} />)
  expect(html).toBe('<p class="text"><span>a *b* </span><b class="mention">@ada</b></p>')
})

test('a message of a thread that cannot be rendered says so', () => {
  const row = { kind: 'message', key: 'm' } as MessageRow
  const html = renderToStaticMarkup(<ThreadMessage row={row} channel={{} as Channel} page={{} as ChatActions} />)
  expect(html).toBe('<p class="event">This cannot be shown.</p>')
})

test('a boundary stands around the page, the conversation, the panel beside it and every message', () => {
  const guarded = (path: string) =>
    [...readFileSync(join(sourceFolder, 'web', path), 'utf8').matchAll(/<ErrorBoundary.*?<\/ErrorBoundary>/gs)].join()
  for (const [path, element] of [
    ['main.tsx', '<App'],
    ['layout/channel-page.tsx', '<MessageList'],
    ['layout/channel-page.tsx', '<SidePanel'],
    ['conversation/row.tsx', '<Content'],
    ['conversation/thread-message.tsx', '<Message'],
    ['text/message-body.tsx', '<Markdown'],
  ] as const)
    expect(guarded(path), path).toContain(element)
})

test('a row that cannot be rendered says so', () => {
  const row = { kind: 'unread', key: 'unread' } as const
  const html = renderToStaticMarkup(<RowContent row={row} channel={{} as Channel} page={{} as ChatActions} />)
  expect(html).toBe('<p class="event">This cannot be shown.</p>')
})
