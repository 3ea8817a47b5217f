import { useCallback, useMemo, useState } from 'react'
import { useKeyDown } from '../lib/use-keys.ts'
import { type ChatState, useJumps, type Written } from './chat-state.ts'

/** Holds the state of a chat. Escape closes the thread and clears the target. */
export function useChatState(): ChatState {
  const [editing, edit] = useState<number | null>(null)
  const [thread, setThread] = useState<number | null>(null)
  const [written, setWritten] = useState<Written | null>(null)
  const { target, jumps, goTo, leaveTarget } = useJumps()
  const onKeyDown = useCallback(
    ({ key }: KeyboardEvent): void => {
      if (key !== 'Escape') return
      setThread(null)
      leaveTarget()
    },
    [leaveTarget],
  )
  useKeyDown(onKeyDown)
  const actions = useMemo(() => {
    const write = (text: string, replyTo: number | null): void => {
      if (replyTo !== null) setThread(replyTo)
      setWritten({ text, replyTo })
    }
    const closeThread = (): void => setThread(null)
    const taken = (): void => setWritten(null)
    return { edit, goTo, openThread: setThread, closeThread, write, taken }
  }, [goTo])
  return useMemo(
    () => ({ editing, target, jumps, thread, written, ...actions }),
    [editing, target, jumps, thread, written, actions],
  )
}
