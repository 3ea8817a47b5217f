import { lazy, Suspense, useDeferredValue, useMemo } from 'react'
import { ErrorBoundary } from '../lib/error-boundary.tsx'
import { isParseable } from './parse-cost.ts'
import { PlainText } from './plain-text.tsx'

const Markdown = lazy(() => import('./markdown.tsx'))

// Everything that could be Markdown. Most messages contain none of it and need no parser.
const markdownSyntax = /[*_`#>[\]|~\\<&]|https?:|www\.|^\s*(?:[-+]|\d+[.)])\s|\n\s*\n/m

type Props = { text: string; isStreaming: boolean; names?: readonly string[] }

const nobody: readonly string[] = []

/** The text of a message, as Markdown if it uses any. `names`: of people, who may be mentioned by several words. */
export function MessageBody({ text, isStreaming, names = nobody }: Props) {
  const deferred = useDeferredValue(text)
  const rendered = isStreaming ? deferred : text // a reply that grows is rendered when there is time
  const isMarkdown = useMemo(() => markdownSyntax.test(rendered) && isParseable(rendered), [rendered])
  const plain = <PlainText text={rendered} names={names} />
  if (!isMarkdown) return plain
  return (
    <ErrorBoundary fallback={plain} retryOn={rendered}>
      <Suspense fallback={plain}>
        <Markdown text={rendered} names={names} />
      </Suspense>
    </ErrorBoundary>
  )
}

/** Loads the Markdown renderer before the first message needs it. Without it, messages are plain text. */
export const preloadMarkdown = (): void => void import('./markdown.tsx').catch(() => {})
