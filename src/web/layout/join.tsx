import { type FormEvent, useEffect, useRef, useState } from 'react'
import { fetchPolicy, type Policy, request } from '../lib/api.ts'
import { type Identity, identityByToken } from '../nav/identity.ts'
import { canonicalName } from '../nav/route.ts'
import { Problem } from './problem.tsx'

type Props = {
  identity: Identity | null
  circle: string
  note?: string | null // why the form is shown
  onJoin(identity: Identity, circle: string): void
}

/** The form for a name (or a token, if the server wants one) and a circle. */
export function Join({ identity, circle, note = null, onJoin }: Props) {
  const [policy, setPolicy] = useState<Policy | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  useEffect(() => void fetchPolicy().then(setPolicy), [])

  const onSubmit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault()
    const entered = readForm(new FormData(event.currentTarget), policy)
    setProblem('problem' in entered ? entered.problem : null)
    if ('problem' in entered) return
    await createCircle(entered.identity, entered.circle)
    onJoin(entered.identity, entered.circle)
  }
  return (
    <main className="join">
      <form onSubmit={event => void onSubmit(event)}>
        <h1>
          <img src="/icon.svg" alt="" width="28" height="28" /> Circles
        </h1>
        {note === null ? null : <p className="soft">{note}</p>}
        <Problem>{typeof policy === 'object' ? (policy?.problem ?? null) : null}</Problem>
        {policy === 'token' ? <TokenField /> : <NameField identity={identity} />}
        <label>
          Circle
          <input name="circle" required maxLength={64} defaultValue={circle} autoCapitalize="none" spellCheck={false} />
        </label>
        <Problem>{problem}</Problem>
        <button type="submit" className="primary">
          Join
        </button>
      </form>
    </main>
  )
}

function TokenField() {
  return (
    <label>
      Token
      <textarea name="token" required rows={4} spellCheck={false} autoComplete="off" />
      <small>Ask the person who runs this server for one. It is stored in this browser only.</small>
    </label>
  )
}

function NameField({ identity }: { identity: Identity | null }) {
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => field.current?.focus(), [])
  return (
    <label>
      Your name
      <input
        name="name"
        required
        maxLength={64}
        defaultValue={identity?.by === 'name' ? identity.name : ''}
        ref={field}
        autoComplete="nickname"
      />
    </label>
  )
}

type Entered = { identity: Identity; circle: string } | { problem: string }

/** Reads what was entered, or returns a sentence about what is wrong with it. */
export function readForm(form: Pick<FormData, 'get'>, policy: Policy | null): Entered {
  const circle = canonicalName(String(form.get('circle')))
  if (circle === null) return { problem: 'The name of a circle consists of letters, digits, dots and dashes: dev-team' }
  const text = String(form.get('token') ?? form.get('name')).trim()
  if (policy !== 'token')
    return text === '' ? { problem: 'Enter a name.' } : { identity: { by: 'name', name: text }, circle }
  const identity = identityByToken(text)
  if (identity !== null) return { identity, circle }
  return { problem: 'This is not a token. A token has three parts with dots between them.' }
}

/** Creates a circle with the reader as its owner. One that exists already is not changed. */
export const createCircle = (identity: Identity, name: string): Promise<void> =>
  request<void>(identity, '/api/circles', { method: 'POST', body: { name } }).catch(() => {})
