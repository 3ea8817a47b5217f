import { useCallback, useEffect, useMemo, useState } from 'react'
import { kindOf, nameOf } from '../lib/kinds.ts'
import { storageKeys } from '../lib/storage.ts'
import { useKeyDown } from '../lib/use-keys.ts'
import { channelPath, documentPath, navigate } from '../nav/route.ts'
import { type ChatState, useJumps, type Written } from '../ui/chat-state.ts'

/** Which panel a channel's page shows, and the functions that its panels call. */
export type PageState = Pick<ChatState, 'goTo'> & {
  panel: Panel
  show(panel: Panel): void
  close(): void // back to the list of people, or to nothing if the reader has closed it
  togglePeople(): void
}

/** The panel to the right of the conversation. */
export type Panel =
  | { kind: 'none' }
  | { kind: 'people' }
  | { kind: 'thread'; seq: number }
  | { kind: 'search' }
  | { kind: 'settings' }
  | { kind: 'notifications' }
  | { kind: 'document'; name: string }

/** The document that each circle has. */
export const notesPanel: Panel = { kind: 'document', name: 'notes' }

/** The drawer that is open where the window is too narrow for columns; null if none is. */
export type Drawer = 'circles' | 'people' | null

const isWide = (): boolean => matchMedia('(min-width: 1100px)').matches // the panel is a column

/** What is beside the conversation while nothing else is opened there. */
function restPanel(): Panel {
  return isWide() && localStorage.getItem(storageKeys.people) === 'closed' ? nothing : people
}

const people: Panel = { kind: 'people' }
const nothing: Panel = { kind: 'none' }

/** What a channel's page is of: the channel's name on the wire, and the document that the address names. */
type Address = { channel: string; document: string | null }

/** What a channel's page holds. The chat's part stays the same object while other panels come and go. */
type Held = { page: PageState; chat: ChatState }

/** Holds the state of a channel's page. Escape closes the panel and clears the target. */
export function usePageState(address: Address, onDrawer: (drawer: Drawer) => void): Held {
  const [editing, edit] = useState<number | null>(null)
  const { target, jumps, goTo: jump, leaveTarget } = useJumps()
  const [panel, setPanel] = usePanel(address, onDrawer)
  const [written, setWritten] = useState<Written | null>(null)
  const show = useCallback(
    (next: Panel) => {
      setPanel(next)
      onDrawer('people') // in a narrow window the panel is a drawer
    },
    [setPanel, onDrawer],
  )
  const close = useCallback(() => {
    setPanel(restPanel())
    onDrawer(null)
  }, [setPanel, onDrawer])
  const togglePeople = useCallback(() => {
    const isOpen = isWide() && panel.kind === 'people'
    localStorage.setItem(storageKeys.people, isOpen ? 'closed' : 'open')
    if (isOpen) close()
    else show({ kind: 'people' })
  }, [panel.kind, show, close])
  const goTo = useCallback(
    (seq: number | null) => {
      jump(seq)
      if (seq !== null) onDrawer(null) // in a narrow window the drawer would cover the message
    },
    [jump, onDrawer],
  )
  const write = useCallback(
    (text: string, replyTo: number | null) => {
      if (replyTo !== null) show({ kind: 'thread', seq: replyTo })
      setWritten({ text, replyTo })
    },
    [show],
  )
  const onKeyDown = useCallback(
    (event: KeyboardEvent): void => {
      if (event.key !== 'Escape') return
      setPanel(restPanel())
      leaveTarget()
    },
    [setPanel, leaveTarget],
  )
  useKeyDown(onKeyDown)
  const openThread = useCallback((seq: number) => show({ kind: 'thread', seq }), [show])
  const taken = useCallback(() => setWritten(null), [])
  const thread = panel.kind === 'thread' ? panel.seq : null
  const page = useMemo(() => ({ panel, goTo, show, close, togglePeople }), [panel, goTo, show, close, togglePeople])
  const chat = useMemo(
    () => ({ editing, target, jumps, thread, written, edit, goTo, openThread, closeThread: close, write, taken }),
    [editing, target, jumps, thread, written, goTo, openThread, close, write, taken],
  )
  return { page, chat }
}

/** The panel that is open, and what opens another. A document has an address of its own, so the address says which is open. */
function usePanel({ channel, document }: Address, onDrawer: (drawer: Drawer) => void) {
  const [other, setOther] = useState<Panel>(restPanel)
  const isAtRest = other.kind === 'people' || other.kind === 'none'
  // biome-ignore lint/correctness/useExhaustiveDependencies: only an address that changes opens or closes something
  useEffect(() => {
    if (document !== null) onDrawer('people')
    else if (isAtRest) onDrawer(null)
  }, [document, onDrawer])
  const setPanel = useCallback(
    (next: Panel): void => {
      if (next.kind === 'document') {
        navigate(documentPath(channel, next.name))
        return
      }
      if (document !== null) navigate(channelPath(kindOf(channel).kind, nameOf(channel)))
      setOther(next)
    },
    [channel, document],
  )
  const panel = useMemo<Panel>(
    () => (document === null ? other : { kind: 'document', name: document }),
    [document, other],
  )
  return [panel, setPanel] as const
}
