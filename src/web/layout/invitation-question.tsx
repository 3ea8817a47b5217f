import { useEffect, useRef, useState } from 'react'
import { type Identity, personOf } from '../nav/identity.ts'
import { redeemInvitation } from '../nav/invitation.ts'
import { displayId } from '../people/confusable-names.ts'
import { letters } from '../people/letter-twins.ts'
import { t } from '../words/words.ts'
import { LinkQuestion } from './link-question.tsx'

type Props = { identity: Identity; circle: string; code: string; isAccepted: boolean; onDone(): void }

/** Asks before the invitation in the address is used, unless it is accepted already, and says why it could not be. */
export function InvitationQuestion({ identity, circle, code, isAccepted, onDone }: Props) {
  const [isSending, setSending] = useState(isAccepted)
  const [problem, setProblem] = useState<string | null>(null)
  const redeem = (): void =>
    void redeemInvitation(identity, circle, code).then(refused => (refused === null ? onDone() : setProblem(refused)))
  const first = useRef(isAccepted ? redeem : null)
  useEffect(() => {
    first.current?.()
    first.current = null
  }, [])
  if (problem !== null) {
    return (
      <LinkQuestion title={t('link.failed')} yes={t('link.ok')} onYes={onDone}>
        {t('link.askAgain', { problem })}
      </LinkQuestion>
    )
  }
  if (isSending) return <main className="join" aria-busy="true" />
  const accept = (): void => {
    setSending(true)
    redeem()
  }
  return (
    <LinkQuestion
      title={t('link.join', { circle })}
      yes={t('link.accept')}
      no={t('link.notNow')}
      onYes={accept}
      onNo={onDone}
    >
      {t('link.invitation', { circle, name: displayId(personOf(identity), letters) })}
    </LinkQuestion>
  )
}
