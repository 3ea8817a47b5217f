import type { Channel, PendingMessage } from '../../../client/client.ts'
import type { ChatActions } from '../../ui/chat-state.ts'
import { reasonText } from '../../words/problem-text.ts'
import { t } from '../../words/words.ts'

type Props = { pending: PendingMessage; channel: Channel; page: ChatActions }

/** Why a message was not sent, and what its author can do. */
export function SendFailure({ pending, channel, page }: Props) {
  const edit = (): void => {
    page.write(pending.data.content, pending.data.reply_to ?? null)
    channel.discard(pending.id)
  }
  return (
    <p className="problem" role="alert">
      {t('failure.notSent', { reason: reasonText(pending.problem) })}{' '}
      <button type="button" onClick={() => channel.retry(pending.id)}>
        {t('page.tryAgain')}
      </button>{' '}
      <button type="button" onClick={edit}>
        {t('message.edit')}
      </button>{' '}
      <button type="button" onClick={() => channel.discard(pending.id)}>
        {t('failure.discard')}
      </button>
    </p>
  )
}
