import type { ChatState } from '../ui/chat-state.ts'
import { t } from '../words/words.ts'
import type { CatchUp } from './catch-up.ts'

type Props = { catchUp: CatchUp; page: ChatState; onFirst: (() => void) | null } // null: the first can be seen

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
      <span>{t(isComplete ? 'catchUp.count' : 'catchUp.orMore', { count })}</span>
      {onFirst === null ? null : (
        <button type="button" onClick={onFirst}>
          {t('catchUp.first')}
        </button>
      )}
      {mention === undefined ? null : (
        <button type="button" onClick={() => visit(mention)}>
          {t('catchUp.mentions', { count: mentions.length })}
        </button>
      )}
      {reply === undefined ? null : (
        <button type="button" onClick={() => visit(reply)}>
          {t('catchUp.inThreads', { count: replies.length })}
        </button>
      )}
      <button type="button" onClick={done} title={t('catchUp.doneKey')}>
        {t('catchUp.done')}
      </button>
    </div>
  )
}
