import { useState } from 'react'
import { copyText } from '../lib/copy-text.ts'
import { useIdentity } from '../nav/identity.ts'
import { createInvitation } from '../nav/invitation.ts'
import { problemText } from '../words/problem-text.ts'
import { t } from '../words/words.ts'

/** Creates a link that brings one person into the circle as a member, even if it is private. */
export function Invite({ name }: { name: string }) {
  const identity = useIdentity()
  const [link, setLink] = useState<string | null>(null)
  const [isCopied, setCopied] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const create = async (): Promise<void> => {
    try {
      const address = await createInvitation(identity, name)
      setLink(address)
      setProblem(null)
      setCopied(await copyText(address))
    } catch (error) {
      setProblem(problemText(error, t('invite.failed')))
    }
  }
  return (
    <section aria-label={t('invite.title')}>
      <h3>{t('invite.title')}</h3>
      <button type="button" className="outline" onClick={() => void create()}>
        {t('invite.create')}
      </button>
      <p className="notice" role="status">
        {isCopied ? t('commands.invitationCopied') : null}
      </p>
      {link === null ? null : (
        <input readOnly value={link} aria-label={t('invite.link')} onFocus={event => event.target.select()} />
      )}
      {problem === null ? null : <p className="problem">{problem}</p>}
    </section>
  )
}
