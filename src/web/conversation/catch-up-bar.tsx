import type { PageState } from '../layout/page-state.ts'
import type { CatchUp } from './catch-up.ts'

type Props = { catchUp: CatchUp; page: PageState; onFirst: (() => void) | null } // null: the first can be seen

/** What the reader missed, above the conversation: ways to the first of it, to each mention, and to each new reply. */
export function CatchUpBar({ catchUp, page, onFirst }: Props) {
  const { count, mentions, replies, isComplete, done } = catchUp
  const visit = (seq: number): void => {
    catchUp.visit(seq)
    page.goTo(seq)
  }
  const [mention, reply] = [mentions[0], replies[0]]
  return (
    <div className="catch-up" role="status">
      <span>
        {count}
        {isComplete ? '' : ' or more'} new
      </span>
      {onFirst === null ? null : (
        <button type="button" onClick={onFirst}>
          Jump to the first
        </button>
      )}
      {mention === undefined ? null : (
        <button type="button" onClick={() => visit(mention)}>
          {mentions.length === 1 ? '1 mention' : `${mentions.length} mentions`}
        </button>
      )}
      {reply === undefined ? null : (
        <button type="button" onClick={() => visit(reply)}>
          {replies.length} in threads
        </button>
      )}
      <button type="button" onClick={done} title="Mark as read (Esc)">
        Mark as read
      </button>
    </div>
  )
}
