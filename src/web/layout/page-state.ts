import { useCallback, useMemo, useState } from 'react'
import { useKeyDown } from '../lib/use-keys.ts'

/** The state of a channel's page, and the functions that the components below it call to change it. */
export type PageState = {
  editing: number | null // seq of the message that is being edited
  target: number | null // seq of the message to scroll to and mark
  panel: Panel
  edit(seq: number | null): void
  goTo(seq: number | null): void
  openThread(seq: number): void
  show(panel: Panel): void
}

/** The panel to the right of the conversation. */
export type Panel = { kind: 'people' } | { kind: 'thread'; seq: number } | { kind: 'search' } | { kind: 'settings' }

/** The drawer that is open where the window is too narrow for columns; null if none is. */
export type Drawer = 'circles' | 'people' | null

const people: Panel = { kind: 'people' }

/** Holds the state of a channel's page. Escape closes the panel and clears the target. */
export function usePageState(onDrawer: (drawer: Drawer) => void): PageState {
  const [editing, edit] = useState<number | null>(null)
  const [target, goTo] = useState<number | null>(null)
  const [panel, setPanel] = useState<Panel>(people)
  const show = useCallback(
    (next: Panel) => {
      setPanel(next)
      onDrawer(next.kind === 'people' ? null : 'people') // in a narrow window the panel is a drawer
    },
    [onDrawer],
  )
  const onKeyDown = useCallback((event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return
    setPanel(people)
    goTo(null)
  }, [])
  useKeyDown(onKeyDown)
  return useMemo(
    () => ({ editing, target, panel, edit, goTo, show, openThread: seq => show({ kind: 'thread', seq }) }),
    [editing, target, panel, show],
  )
}
