import { type FormEvent, useState } from 'react'
import { request } from '../lib/api.ts'
import type { Identity } from '../nav/identity.ts'
import { problemText } from '../words/problem-text.ts'
import { t } from '../words/words.ts'
import { Problem } from './problem.tsx'

type Props = { code: string; name: string; onEnter(identity: Identity): void; onSkip(): void }

/** The form of the owner's link: it exchanges the code for a token under a name of the owner's choice. */
export function OwnerForm({ code, name, onEnter, onSkip }: Props) {
  const [isSending, setSending] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const onSubmit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault()
    const body = { code, name: String(new FormData(event.currentTarget).get('name')).trim() }
    setSending(true)
    try {
      const { token, user } = await request<Redeemed>(null, '/api/owner', { method: 'POST', body })
      onEnter({ by: 'token', token, account: user.id })
    } catch (error) {
      setProblem(problemText(error, t('owner.failed')))
      setSending(false)
    }
  }
  return (
    <main className="join">
      <form onSubmit={onSubmit}>
        <h1>{t('owner.title')}</h1>
        <p>{t('owner.text')}</p>
        <label>
          {t('join.name')}
          <input name="name" required maxLength={64} defaultValue={name} autoComplete="nickname" />
        </label>
        <Problem>{problem}</Problem>
        <button type="submit" className="primary" disabled={isSending}>
          {t('owner.signIn')}
        </button>
        <button type="button" className="outline" onClick={onSkip}>
          {t('link.notNow')}
        </button>
      </form>
    </main>
  )
}

type Redeemed = { token: string; user: { id: string } }
