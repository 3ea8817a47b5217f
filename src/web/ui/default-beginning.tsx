import type { Channel } from '../../client/client.ts'
import { useChannel } from '../../client/react.ts'
import { t } from '../words/words.ts'

/** Says that there is nothing before, and which agent answers, if one does. */
export function DefaultBeginning({ channel }: { channel: Channel }) {
  const agent = useChannel(channel, state => state.circle?.default_agent)
  return (
    <p className="event">
      {t('conversation.beginning')} {agent ? <b>{t('conversation.agent', { agent })}</b> : null}
    </p>
  )
}
