import { useCallback, useMemo, useState } from 'react'
import { storageKeys } from '../lib/storage.ts'
import { useKeyDown } from '../lib/use-keys.ts'

/** The state of a channel's page, and the functions that the components below it call to change it. */
export type PageState = {
  editing: number | null // seq of the message that is being edited
  target: number | null // seq of the message to scroll to and mark
  jumps: number // how often `goTo` was called: the same target can be gone to again
  panel: Panel
  written: Written | null // a text for a composer
  edit(seq: number | null): void
  goTo(seq: number | null): void
  openThread(seq: number): void
  show(panel: Panel): void
  close(): void // back to the list of people, or to nothing if the reader has closed it
  togglePeople(): void
  write(text: string, replyTo: number | null): void
  taken(): void // a composer has taken what is written
}

/** A text that goes back into the composer of the conversation, or of the thread whose root is `replyTo`. */
export type Written = { text: string; replyTo: number | null }

/** The panel to the right of the conversation. */
export type Panel =
  | { kind: 'none' }
  | { kind: 'people' }
  | { kind: 'thread'; seq: number }
  | { kind: 'search' }
  | { kind: 'settings' }
  | { kind: 'notes' }

/** The drawer that is open where the window is too narrow for columns; null if none is. */
export type Drawer = 'circles' | 'people' | null

const isWide = (): boolean => matchMedia('(min-width: 1100px)').matches // the panel is a column

/** What is beside the conversation while nothing else is opened there. */
function restPanel(): Panel {
  return { kind: isWide() && localStorage.getItem(storageKeys.people) === 'closed' ? 'none' : 'people' }
}

/** Holds the state of a channel's page. Escape closes the panel and clears the target. */
export function usePageState(onDrawer: (drawer: Drawer) => void): PageState {
  const [editing, edit] = useState<number | null>(null)
  const [{ target, jumps }, setTarget] = useState<Pick<PageState, 'target' | 'jumps'>>({ target: null, jumps: 0 })
  const [panel, setPanel] = useState<Panel>(restPanel)
  const [written, setWritten] = useState<Written | null>(null)
  const show = useCallback(
    (next: Panel) => {
      setPanel(next)
      onDrawer('people') // in a narrow window the panel is a drawer
    },
    [onDrawer],
  )
  const close = useCallback(() => {
    setPanel(restPanel())
    onDrawer(null)
  }, [onDrawer])
  const togglePeople = useCallback(() => {
    const isOpen = isWide() && panel.kind === 'people'
    localStorage.setItem(storageKeys.people, isOpen ? 'closed' : 'open')
    if (isOpen) close()
    else show({ kind: 'people' })
  }, [panel.kind, show, close])
  const goTo = useCallback(
    (seq: number | null) => {
      setTarget(({ jumps }) => ({ target: seq, jumps: jumps + 1 }))
      if (seq !== null) onDrawer(null) // in a narrow window the drawer would cover the message
    },
    [onDrawer],
  )
  const write = useCallback(
    (text: string, replyTo: number | null) => {
      if (replyTo !== null) show({ kind: 'thread', seq: replyTo })
      setWritten({ text, replyTo })
    },
    [show],
  )
  const onKeyDown = useCallback((event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return
    setPanel(restPanel())
    setTarget(before => (before.target === null ? before : { ...before, target: null }))
  }, [])
  useKeyDown(onKeyDown)
  return useMemo(() => {
    const openThread = (seq: number): void => show({ kind: 'thread', seq })
    const taken = (): void => setWritten(null)
    const state = { editing, target, jumps, panel, written }
    return { ...state, edit, goTo, show, close, togglePeople, openThread, write, taken }
  }, [editing, target, jumps, panel, written, goTo, show, close, togglePeople, write])
}
