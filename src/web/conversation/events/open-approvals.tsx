import { useMemo } from 'react'
import type { Channel, Entry } from '../../../client/client.ts'
import type { FrameOf } from '../../../client/frames.ts'
import { useChannel } from '../../../client/react.ts'
import type { ChatState } from '../../ui/chat-state.ts'
import { t } from '../../words/words.ts'
import { isAsked } from './is-asked.ts'

/** A request for approval that is not decided: the seq of its event, and what it asks. */
export type OpenApproval = { seq: number; request: FrameOf<'approval_requested'>['data'] }

/** Returns the requests for approval that are loaded and wait for a decision, oldest first. */
export function useOpenApprovals(channel: Channel): readonly OpenApproval[] {
  const entries = useChannel(channel, state => state.entries)
  return useMemo(() => openApprovals(entries, Date.now()), [entries])
}

/** Returns the requests that nobody has decided and that have not expired at `now`. */
export function openApprovals(entries: readonly Entry[], now: number): OpenApproval[] {
  return entries.flatMap(({ seq, event, decision }) =>
    event.type === 'approval_requested' && decision === null && Date.parse(event.data.expires_at) > now
      ? [{ seq, request: event.data }]
      : [],
  )
}

/** Says above the composer that an agent waits for the reader's decision, however far up the request is. */
export function ApprovalReminder({ channel, page }: { channel: Channel; page: ChatState }) {
  const self = useChannel(channel, state => state.self)
  const open = useOpenApprovals(channel).filter(({ request }) => self !== null && isAsked(request, self))
  const [first] = open
  if (first === undefined) return null
  const agent = first.request.agent_id
  return (
    <p className="reminder">
      <span>
        {open.length > 1 ? t('approval.waitsMore', { agent, count: open.length - 1 }) : t('approval.waits', { agent })}
      </span>
      <button type="button" onClick={() => page.goTo(first.seq)}>
        {t('approval.show')}
      </button>
    </p>
  )
}
