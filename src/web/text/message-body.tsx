import { lazy, Suspense, useDeferredValue } from 'react'
import { PlainText } from './plain-text.tsx'

const Markdown = lazy(() => import('./markdown.tsx'))

// What could mean anything in Markdown. Most lines hold none of it, and need no parser.
const marked = /[*_`#>[\]|~\\<&]|https?:|www\.|^\s*(?:[-+]|\d+[.)])\s|\n\s*\n/m

/** What somebody said, as they meant it to look. */
export function MessageBody({ text, isLive }: { text: string; isLive: boolean }) {
  const later = useDeferredValue(text)
  const shown = isLive ? later : text // an answer that grows is drawn when there is time
  if (!marked.test(shown)) return <PlainText text={shown} />
  return (
    <Suspense fallback={<PlainText text={shown} />}>
      <Markdown text={shown} />
    </Suspense>
  )
}

/** Fetches what draws Markdown before the first line needs it. */
export const preloadMarkdown = (): void => void import('./markdown.tsx')
