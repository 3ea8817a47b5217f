import { useCallback, useMemo, useState } from 'react'

/** Where a reader is in a channel, and the functions that the components of a chat call to change it. */
export type ChatState = {
  editing: number | null // seq of the message that is being edited
  target: number | null // seq of the message to scroll to and mark
  jumps: number // how often `goTo` was called: the same target can be gone to again
  thread: number | null // seq of the first message of the thread that is open
  written: Written | null // a text for a composer
  edit(seq: number | null): void
  goTo(seq: number | null): void
  openThread(seq: number): void
  closeThread(): void
  write(text: string, replyTo: number | null): void
  taken(): void // a composer has taken what is written
}

/** The functions of a chat's state, which are the same while it changes. */
export type ChatActions = Pick<ChatState, 'edit' | 'goTo' | 'openThread' | 'write'>

/** Returns the functions alone: what has only these is not rendered again when the state changes. */
export function useChatActions({ edit, goTo, openThread, write }: ChatState): ChatActions {
  return useMemo(() => ({ edit, goTo, openThread, write }), [edit, goTo, openThread, write])
}

/** A text that goes back into the composer of the conversation, or of the thread whose root is `replyTo`. */
export type Written = { text: string; replyTo: number | null }

type Target = Pick<ChatState, 'target' | 'jumps'>

/** The message to scroll to, and functions that change it. */
export function useJumps(): Target & { goTo(seq: number | null): void; leaveTarget(): void } {
  const [{ target, jumps }, setTarget] = useState<Target>({ target: null, jumps: 0 })
  const goTo = useCallback((seq: number | null) => setTarget(({ jumps }) => ({ target: seq, jumps: jumps + 1 })), [])
  const leaveTarget = useCallback(
    () => setTarget(before => (before.target === null ? before : { ...before, target: null })),
    [],
  )
  return { target, jumps, goTo, leaveTarget }
}
