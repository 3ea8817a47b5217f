import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { Channel, Entry } from '../../client/client.ts'
import { useChannel } from '../../client/react.ts'
import { storageKeys } from '../lib/storage.ts'
import { useKeyDown } from '../lib/use-keys.ts'
import { useKnownNames } from '../people/distinct-name.tsx'
import { useMentionTools } from '../text/use-mention-tools.ts'

/** What the reader missed: everything after the seq `after` in this epoch of the log. */
type Mark = { after: number; epoch: string }

/** What a reader who comes back has missed, as far as it is loaded. */
export type CatchUp = {
  first: number | null // seq of the first missed message outside threads; null if there is none, or nothing was missed
  count: number // missed messages
  mentions: readonly number[] // seqs of those that name the reader, also in threads; without those visited
  replies: readonly number[] // seqs of those in threads, which the conversation does not show; without those visited
  isComplete: boolean // false: there are more, which are not loaded yet
  isPending: boolean // the first was not in view yet, nor did the reader say that they have caught up
  visit(seq: number): void // the reader goes to one of these
  seen(): void // the first one was in view
  done(): void
}

/**
 * Returns what was missed when the reader arrived or came back to the window. It stays while they read, and over a
 * reload, until they press Escape or say that they have caught up.
 */
export function useCatchUp(channel: Channel): CatchUp {
  const { mark, isKnown, isSeen, seen, done } = useMark(channel)
  const [visited, setVisited] = useState<readonly number[]>([])
  const entries = useChannel(channel, state => state.entries)
  const self = useChannel(channel, state => state.self)
  const history = useChannel(channel, state => state.history)
  const names = useKnownNames()
  const visit = useCallback((seq: number) => setVisited(before => [...before, seq]), [])
  const missed = useMemo(
    () => (mark === null ? [] : missedIn(entries, mark.after, self?.id ?? '')),
    [mark, entries, self],
  )
  const tools = useMentionTools(missed.find(({ content }) => content.includes('@'))?.content ?? '')
  const found = useMemo(() => {
    const others = names.filter(name => name !== self?.name)
    const isForReader = ({ content }: Entry): boolean =>
      self !== null && tools?.isMentioned(content, self.name, others) === true
    const isComplete = mark === null || history.older === 'none' || history.oldest <= mark.after + 1
    const first = isComplete ? missed.find(({ root }) => root === null) : undefined
    const [mentions, replies] = [missed.filter(isForReader), missed.filter(({ root }) => root !== null)]
    return { first: first?.seq ?? null, count: missed.length, mentions, replies, isComplete }
  }, [mark, missed, self, names, history, tools])
  const left = (missed: readonly Entry[]): number[] =>
    missed.map(({ seq }) => seq).filter(seq => !visited.includes(seq))
  const [mentions, replies] = [left(found.mentions), left(found.replies)]
  const isLeft = found.count > 0 && (!found.isComplete || found.first !== null || replies.length > 0)
  return { ...found, mentions, replies, isPending: !isKnown || (mark !== null && !isSeen && isLeft), visit, seen, done }
}

/** The messages of others after a seq. Entries are in order, and what was missed is at their end. */
function missedIn(entries: readonly Entry[], after: number, reader: string): Entry[] {
  const from = entries.findLastIndex(({ seq }) => seq <= after) + 1
  return entries.slice(from).filter(({ author, deleted }) => author !== null && author.id !== reader && !deleted)
}

/** The mark, kept on this device until its place was in view: a reload would take what was missed as read. */
function useMark(channel: Channel) {
  const reader = useChannel(channel, state => state.self?.id ?? null)
  const epoch = useChannel(channel, state => state.epoch)
  const unread = useChannel(channel, state => state.unread.count)
  const lastRead = useChannel(channel, state => state.lastRead)
  const isLoaded = useChannel(channel, ({ history }) => history.older === 'some' || history.older === 'none')
  const wasLoaded = useRef(false)
  const [isKnown, setKnown] = useState(false) // whether anything was missed
  const [isSeen, setSeen] = useState(false)
  const [mark, setMark] = useState<Mark | null>(null)
  const key = `${storageKeys.catchUp} ${JSON.stringify([reader, channel.name])}`
  const seen = useCallback((): void => {
    setSeen(true)
    store(key, null)
  }, [key])
  const done = useCallback((): void => {
    setMark(null)
    store(key, null)
  }, [key])
  useEffect(() => {
    if (!isLoaded || epoch === null || lastRead === null) return
    setKnown(true)
    const isReturn = !wasLoaded.current || !document.hasFocus()
    const stored = wasLoaded.current ? null : load(key, epoch)
    wasLoaded.current = true
    if (!isReturn || (unread === 0 && stored === null)) return
    if (mark !== null && !isSeen) return
    const next = stored ?? { after: lastRead, epoch }
    if (mark?.after === next.after && mark.epoch === epoch) return // the same again: it was seen
    setSeen(false)
    store(key, next)
    setMark(next)
  }, [isLoaded, epoch, lastRead, unread, key, mark, isSeen])
  useOnEscape(done)
  return { mark, isKnown, isSeen, seen, done }
}

function useOnEscape(listener: () => void): void {
  const onKeyDown = useCallback(
    (event: KeyboardEvent): void => {
      if (event.key === 'Escape') listener()
    },
    [listener],
  )
  useKeyDown(onKeyDown)
}

function load(key: string, epoch: string): Mark | null {
  try {
    const mark: Mark | null = JSON.parse(localStorage.getItem(key) ?? 'null')
    return mark?.epoch === epoch && typeof mark.after === 'number' ? mark : null
  } catch {
    return null // written by another program, or storage is forbidden
  }
}

function store(key: string, mark: Mark | null): void {
  try {
    if (mark === null) localStorage.removeItem(key)
    else localStorage.setItem(key, JSON.stringify(mark))
  } catch {
    // storage is full or forbidden: the mark lasts as long as the page
  }
}
