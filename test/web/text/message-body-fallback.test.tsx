import { renderToStaticMarkup } from 'react-dom/server'
import { beforeAll, expect, test, vi } from 'vitest'
import type { Channel } from '../../../src/client/client.ts'
import type { PageState } from '../../../src/web/layout/page-state.ts'

// Every boundary shows its fallback, as if all within it had failed.
vi.mock('../../../src/web/lib/error-boundary.tsx', () => ({
  ErrorBoundary: ({ fallback }: { fallback: unknown }) => fallback,
}))
const { MessageBody } = await import('../../../src/web/text/message-body.tsx')
const { mentionTools } = await import('../../../src/web/text/use-mention-tools.ts')
const { RowContent } = await import('../../../src/web/conversation/row.tsx')

beforeAll(() => mentionTools.load())

test('a message whose Markdown cannot be rendered is shown as plain text', () => {
  const html = renderToStaticMarkup(<MessageBody text={'a *b* @ada'} isStreaming={false} />)
  expect(html).toBe('<p class="text"><span>a *b* </span><b class="mention">@ada</b></p>')
})

test('a row that cannot be rendered says so', () => {
  const row = { kind: 'unread', key: 'unread' } as const
  const html = renderToStaticMarkup(<RowContent row={row} channel={{} as Channel} page={{} as PageState} />)
  expect(html).toBe('<p class="event">This cannot be shown.</p>')
})
