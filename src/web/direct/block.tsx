import { useState } from 'react'
import type { Channel } from '../../client/client.ts'
import { Problem } from '../layout/problem.tsx'
import { useIdentity } from '../nav/identity.ts'
import { problemText } from '../words/problem-text.ts'
import { t } from '../words/words.ts'
import { isAgentChat } from './agent-chat.ts'
import { useDirectChat } from './direct-chats.ts'
import { blockChat } from './requests.ts'

/** Says who can read a private chat, and lets the reader block the other one. */
export function Block({ channel }: { channel: Channel }) {
  const identity = useIdentity()
  const chat = useDirectChat(channel.name)
  const [problem, setProblem] = useState<string | null>(null)
  if (chat === null) return null
  const { user, blocked } = chat
  if (isAgentChat(channel.name)) return <p className="soft">{t('direct.onlyYou', { name: user.name })}</p>
  const change = (): void =>
    void blockChat(identity, channel.name, !blocked).then(
      () => setProblem(null),
      error => setProblem(problemText(error, t('direct.notChanged'))),
    )
  return (
    <section aria-label={t('direct.section')} className="block">
      <p className="soft">
        {t('direct.onlyYou', { name: user.name })} {blocked ? t('direct.blocked') : ''}
      </p>
      <button type="button" className="outline" onClick={change}>
        {t(blocked ? 'direct.unblock' : 'direct.block', { name: user.name })}
      </button>
      <Problem>{problem}</Problem>
    </section>
  )
}
