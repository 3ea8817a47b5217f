import { type FormEvent, useEffect, useRef, useState } from 'react'
import { fetchPolicy, type Policy, request } from '../lib/api.ts'
import { type Identity, identityByToken } from '../nav/identity.ts'
import { canonicalName, similarName } from '../nav/route.ts'
import { t } from '../words/words.ts'
import { Problem } from './problem.tsx'

type Props = {
  identity: Identity | null
  circle: string | null // null: the address says where to go
  note?: string | null // why the form is shown; null: to a stranger
  onJoin(identity: Identity, circle: string | null): void
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
    if (entered.circle !== null) await createCircle(entered.identity, entered.circle)
    onJoin(entered.identity, entered.circle)
  }
  return (
    <main className="join">
      <form onSubmit={event => void onSubmit(event)}>
        <h1>
          <img src="/icon.svg" alt="" width="28" height="28" /> Circles
        </h1>
        <p className="soft">{note ?? t('join.about')}</p>
        <Problem>{typeof policy === 'object' ? (policy?.problem ?? null) : null}</Problem>
        {policy === 'token' ? <TokenField /> : <NameField identity={identity} />}
        {circle === null ? null : <CircleField circle={circle} />}
        <Problem>{problem}</Problem>
        <button type="submit" className="primary">
          {t('join.join')}
        </button>
      </form>
    </main>
  )
}

function CircleField({ circle }: { circle: string }) {
  return (
    <label>
      {t('join.circle')}
      <input name="circle" required maxLength={64} defaultValue={circle} autoCapitalize="none" spellCheck={false} />
    </label>
  )
}

function TokenField() {
  return (
    <label>
      {t('join.token')}
      <textarea name="token" dir="ltr" required rows={4} spellCheck={false} autoComplete="off" />
      <small>{t('join.tokenHelp')}</small>
    </label>
  )
}

function NameField({ identity }: { identity: Identity | null }) {
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => field.current?.focus(), [])
  return (
    <label>
      {t('join.name')}
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

type Entered = { identity: Identity; circle: string | null } | { problem: string }

/** Reads what was entered, with the name of a circle as it can be, or returns a sentence about what is wrong with it. */
export function readForm(form: Pick<FormData, 'get'>, policy: Policy | null): Entered {
  const asked = form.get('circle')
  const circle = asked === null ? null : (canonicalName(String(asked)) ?? similarName(String(asked)))
  if (asked !== null && circle === null) return { problem: t('join.badCircle') }
  const text = String(form.get('token') ?? form.get('name')).trim()
  if (policy !== 'token')
    return text === '' ? { problem: t('join.noName') } : { identity: { by: 'name', name: text }, circle }
  const identity = identityByToken(text)
  if (identity !== null) return { identity, circle }
  return { problem: t('join.noToken') }
}

/** Creates a circle with the reader as its owner. One that exists already is not changed. */
export const createCircle = (identity: Identity, name: string): Promise<void> =>
  request<void>(identity, '/api/circles', { method: 'POST', body: { name } }).catch(() => {})
