import { type ReactNode, Suspense } from 'react'
import { useChannel } from '../../client/react.ts'
import { ErrorBoundary } from '../lib/error-boundary.tsx'
import { useChat } from '../ui/chat.tsx'
import { part } from '../words/part.ts'

const TypingLine = part(() => import('./typing-line.tsx'), 'TypingLine')

/** What the others do: loaded once there are others, or not at all if the network goes just then. The height is fixed. */
export function Typing(): ReactNode {
  const { channel } = useChat()
  const hasOthers = useChannel(channel, ({ members, self }) => members.some(({ id }) => id !== self?.id))
  return (
    <p className="typing" aria-live="off">
      <ErrorBoundary fallback={null}>
        <Suspense fallback={null}>{hasOthers ? <TypingLine channel={channel} /> : null}</Suspense>
      </ErrorBoundary>
    </p>
  )
}
