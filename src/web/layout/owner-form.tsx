import { type FormEvent, useState } from 'react'
import { messageOf, request } from '../lib/api.ts'
import type { Identity } from '../nav/identity.ts'
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
      setProblem(messageOf(error, 'The link could not be redeemed.'))
      setSending(false)
    }
  }
  return (
    <main className="join">
      <form onSubmit={onSubmit}>
        <h1>Own this server</h1>
        <p>This link signs in the owner of the server for a day. It works once.</p>
        <label>
          Your name
          <input name="name" required maxLength={64} defaultValue={name} autoComplete="nickname" />
        </label>
        <Problem>{problem}</Problem>
        <button type="submit" className="primary" disabled={isSending}>
          Sign in as the owner
        </button>
        <button type="button" className="outline" onClick={onSkip}>
          Not now
        </button>
      </form>
    </main>
  )
}

type Redeemed = { token: string; user: { id: string } }
