import { type FormEvent, useEffect, useRef, useState } from 'react'
import type { Channel } from '../../client/client.ts'
import { useAgents, useChannel } from '../../client/react.ts'
import type { CircleDescription } from '../../protocol/channels/circles.ts'
import type { Configuration } from '../../protocol/commands/commands.ts'
import type { PageState } from '../layout/page-state.ts'
import { request } from '../lib/api.ts'
import { PanelHeader } from '../lib/panel-header.tsx'
import { useRequest } from '../lib/use-request.ts'
import { useIdentity } from '../nav/identity.ts'
import { removeRecentCircle } from '../nav/recent-circles.ts'
import { navigate } from '../nav/route.ts'
import { Invite } from '../people/invite.tsx'
import { Members } from '../people/members.tsx'
import { TakeOver } from '../people/take-over.tsx'
import { problemText } from '../words/problem-text.ts'
import { t } from '../words/words.ts'
import { CostSummary } from './cost-summary.tsx'
import { LanguageSwitch } from './language-switch.tsx'
import { formatRules, parseRules } from './routing-rules-text.ts'

/** The settings and members of a circle. Everyone can see them; only an owner can change them. */
export function Settings({ channel, page }: { channel: Channel; page: PageState }) {
  const name = channel.name.slice('circle:'.length)
  const isOwner = useChannel(channel, state => state.self?.role === 'owner')
  const exists = useChannel(channel, state => state.circle !== null) // the first connection creates the circle
  return (
    <aside className="panel" aria-label={t('header.settings')}>
      <PanelHeader title={t('header.settings')} closeLabel={t('settings.close')} page={page} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling element must be reachable by keyboard */}
      <section className="panel-scroll settings" aria-label={t('settings.all')} tabIndex={0}>
        {exists ? <TakeOver channel={channel} /> : null}
        {exists ? <Properties channel={channel} name={name} isOwner={isOwner} /> : null}
        {isOwner ? <Invite name={name} /> : null}
        {isOwner && exists ? <CostSummary name={name} /> : null}
        {exists ? <Members name={name} mayChange={isOwner} /> : null}
        <LanguageSwitch />
        {isOwner ? <DeleteCircle name={name} /> : null}
      </section>
    </aside>
  )
}

type PropertiesProps = { channel: Channel; name: string; isOwner: boolean }

/** The form of the circle's properties. What others change meanwhile is shown in the fields that the reader left alone. */
function Properties({ channel, name, isOwner }: PropertiesProps) {
  const { value: loaded, problem, reload } = useRequest<CircleDescription>(`/api/circles/${name}`)
  const info = useChannel(channel, state => state.circle)
  const agents = useAgents(channel)
  const form = useRef<HTMLFormElement>(null)
  const [result, setResult] = useState<string | null>(null)
  const circle = loaded && { ...loaded, ...info }
  const shown = useRef<CircleDescription | null>(null) // the values that the fields had before the reader
  useEffect(() => {
    const { current } = form
    if (current !== null && circle !== null && shown.current !== null) refreshFields(current, shown.current, circle)
    shown.current = circle
  })
  if (circle === null) return problem === null ? null : <Unreachable problem={problem} onRetry={reload} />
  const onSubmit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const change = changedIn(readForm(new FormData(event.currentTarget)), shown.current ?? circle)
    channel.configure(change).then(
      () => {
        setResult(t('settings.saved'))
        reload()
      },
      error => setResult(problemText(error)),
    )
  }
  return (
    <form ref={form} onSubmit={onSubmit}>
      <fieldset disabled={!isOwner}>
        {isOwner ? null : <p className="soft">{t('settings.ownerOnly')}</p>}
        <label>
          {t('settings.title')}
          <input name="title" dir="auto" maxLength={200} defaultValue={circle.title} />
        </label>
        <label>
          {t('settings.agent')}
          <select name="default_agent" defaultValue={circle.default_agent ?? ''}>
            <option value="">{t('settings.noAgent')}</option>
            {agents.map(({ id, name }) => (
              <option key={id} value={id}>
                {name} (@{id})
              </option>
            ))}
          </select>
        </label>
        <label>
          {t('settings.rules')}
          <textarea
            name="rules"
            dir="ltr"
            rows={3}
            defaultValue={formatRules(circle.rules)}
            placeholder={t('settings.rulesExample')}
            spellCheck={false}
          />
        </label>
        <label>
          {t('settings.visibility')}
          <select name="visibility" defaultValue={circle.visibility}>
            <option value="public">{t('settings.public')}</option>
            <option value="private">{t('settings.private')}</option>
          </select>
        </label>
        <label>
          {t('settings.status')}
          <select name="status" defaultValue={circle.status}>
            <option value="active">{t('settings.active')}</option>
            <option value="paused">{t('settings.paused')}</option>
            <option value="archived">{t('settings.archived')}</option>
          </select>
        </label>
        <label>
          {t('settings.writers')}
          <select name="writers" defaultValue={circle.writers ?? 'members'}>
            <option value="members">{t('settings.members')}</option>
            <option value="moderators">{t('settings.moderators')}</option>
          </select>
        </label>
        {isOwner ? (
          <button type="submit" className="primary">
            {t('settings.save')}
          </button>
        ) : null}
      </fieldset>
      <p className="notice" role="status">
        {result}
      </p>
    </form>
  )
}

function readForm(form: FormData): Configuration {
  const text = (name: string): string => String(form.get(name))
  return {
    title: text('title'),
    default_agent: text('default_agent') || null,
    rules: parseRules(text('rules')),
    visibility: text('visibility') === 'private' ? 'private' : 'public',
    status: statuses.find(status => status === text('status')) ?? 'active',
    writers: text('writers') === 'moderators' ? 'moderators' : 'members',
  }
}

/** What a form says of a circle, in the names of its fields. */
const fieldsOf = (circle: CircleDescription): Record<string, string> => ({
  title: circle.title,
  default_agent: circle.default_agent ?? '',
  rules: formatRules(circle.rules),
  visibility: circle.visibility,
  status: circle.status,
  writers: circle.writers ?? 'members',
})

/** Shows new values in the fields that still have the old ones. */
function refreshFields(form: HTMLFormElement, before: CircleDescription, after: CircleDescription): void {
  const old = fieldsOf(before)
  for (const [name, value] of Object.entries(fieldsOf(after))) {
    const field = form.elements.namedItem(name)
    const isField =
      field instanceof HTMLInputElement || field instanceof HTMLSelectElement || field instanceof HTMLTextAreaElement
    if (isField && value !== old[name] && field.value === old[name]) field.value = value
  }
}

/** Returns what differs from the circle as it was shown: only that is saved, so nobody else's change is undone. */
export function changedIn(next: Configuration, circle: CircleDescription): Configuration {
  const shown: Record<string, unknown> = { ...circle, writers: circle.writers ?? 'members' }
  const isChanged = ([key, value]: [string, unknown]): boolean => JSON.stringify(value) !== JSON.stringify(shown[key])
  return Object.fromEntries(Object.entries(next).filter(isChanged)) as Configuration
}

/** Says why there is nothing to see. */
function Unreachable({ problem, onRetry }: { problem: string; onRetry(): void }) {
  return (
    <div role="alert">
      <p className="problem">{problem}</p>
      <button type="button" className="outline" onClick={onRetry}>
        {t('page.tryAgain')}
      </button>
    </div>
  )
}

const statuses = ['active', 'paused', 'archived'] as const

/** Deletes a circle for everyone, once the reader has typed its name. */
function DeleteCircle({ name }: { name: string }) {
  const identity = useIdentity()
  const [typed, setTyped] = useState('')
  const [problem, setProblem] = useState<string | null>(null)
  const remove = async (): Promise<void> => {
    try {
      await request(identity, `/api/circles/${name}?confirm=${name}`, { method: 'DELETE' })
      removeRecentCircle(name)
      navigate('/c/lobby')
    } catch (error) {
      setProblem(problemText(error, t('settings.notDeleted')))
    }
  }
  return (
    <form action={remove} className="delete-form">
      <label>
        {t('settings.deleteLabel', { name })}
        <input value={typed} onChange={event => setTyped(event.target.value)} autoComplete="off" />
      </label>
      <button type="submit" className="outline" disabled={typed !== name}>
        {t('message.delete')}
      </button>
      {problem === null ? null : <p className="problem">{problem}</p>}
    </form>
  )
}
