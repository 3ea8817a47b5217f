import { lazy, Suspense, useDeferredValue } from 'react'
import { PlainText } from './plain-text.tsx'

const Markdown = lazy(() => import('./markdown.tsx'))

// Everything that could be Markdown. Most messages contain none of it and need no parser.
const markdownSyntax = /[*_`#>[\]|~\\<&]|https?:|www\.|^\s*(?:[-+]|\d+[.)])\s|\n\s*\n/m

/** The text of a message, as Markdown if it uses any. */
export function MessageBody({ text, isStreaming }: { text: string; isStreaming: boolean }) {
  const deferred = useDeferredValue(text)
  const rendered = isStreaming ? deferred : text // a reply that grows is rendered when there is time
  if (!markdownSyntax.test(rendered)) return <PlainText text={rendered} />
  return (
    <Suspense fallback={<PlainText text={rendered} />}>
      <Markdown text={rendered} />
    </Suspense>
  )
}

/** Loads the Markdown renderer before the first message needs it. */
export const preloadMarkdown = (): void => void import('./markdown.tsx')
