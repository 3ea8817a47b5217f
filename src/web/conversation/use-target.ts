import { useEffect, useRef } from 'react'
import type { Channel } from '../../client/client.ts'
import { useChannel } from '../../client/react.ts'
import type { ChatState } from '../ui/chat-state.ts'
import type { Row } from './rows.ts'
import type { Scroll } from './use-scroll.ts'

/**
 * Scrolls to the page's target. One that is not loaded yet is reached page by page; a reply opens its thread. Once it is
 * reached, the reader may scroll away from it.
 */
export function useTarget(channel: Channel, page: ChatState, rows: readonly Row[], { hold, showRow }: Scroll): void {
  const older = useChannel(channel, state => state.history.older)
  const { target, jumps } = page
  const reached = useRef(jumps)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the target becomes loaded when the rows change
  useEffect(() => {
    if (jumps === reached.current) return
    const row = target === null ? null : rows.find(row => 'entry' in row && row.entry?.seq === target)
    const root = target === null ? null : (channel.entry(target)?.root ?? null)
    if (row === undefined && root === null) return void (older === 'some' ? channel.loadOlder(200) : null)
    reached.current = jumps
    if (root !== null) page.openThread(root)
    else if (row) showRow(row.key)
    else hold.holdRow(null)
  }, [target, jumps, rows, older, channel])
}

/** Brings the message that is being edited into view: ↑ in the composer also works from far up. */
export function useEditedInView(
  { editing }: ChatState,
  rows: readonly Row[],
  { scroller, list, showRow }: Scroll,
): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when another message is edited
  useEffect(() => {
    const [element, sizes] = [scroller.current, list.current]
    const index = editing === null ? -1 : rows.findIndex(row => 'entry' in row && row.entry?.seq === editing)
    const row = rows[index]
    if (row === undefined || element === null || sizes === null) return
    const top = sizes.topOf(index)
    const isInView = top >= element.scrollTop && top < element.scrollTop + element.clientHeight
    if (!isInView) showRow(row.key)
  }, [editing])
}
