import { Fragment, useState } from 'react'
import type { Channel } from '../../client/client.ts'
import type { PageState } from '../layout/page-state.ts'
import { Problem } from '../layout/problem.tsx'
import { isPrivateChat } from '../lib/kinds.ts'
import { PanelHeader } from '../lib/panel-header.tsx'
import { useIdentity } from '../nav/identity.ts'
import { isSubscribed, subscribeDevice, unsubscribeDevice, whyNoPush } from '../notify/devices.ts'
import { setLevel, setPrivateTexts, useLevel, usePrivateTexts } from '../notify/levels.ts'
import { askPermission, type Permission, usePermission } from '../notify/permission.ts'
import { problemText } from '../words/problem-text.ts'
import { t } from '../words/words.ts'

const levels = [
  ['all', 'notify.all'],
  ['mentions', 'notify.mentions'],
  ['none', 'notify.none'],
] as const

/** Of what the reader is told in a channel, and how. */
export function Notifications({ channel, page }: { channel: Channel; page: PageState }) {
  const identity = useIdentity()
  const level = useLevel(channel.name)
  const permission = usePermission()
  const [problem, setProblem] = useState<string | null>(null)
  const attempt = (work: Promise<unknown>): void => {
    setProblem(null)
    work.catch(error => setProblem(problemText(error, t('direct.notChanged'))))
  }
  return (
    <aside className="panel" aria-label={t('header.notifications')}>
      <PanelHeader title={t('header.notifications')} closeLabel={t('notify.close')} page={page} />
      <div className="panel-scroll settings">
        <fieldset className="levels">
          <legend>{isPrivateChat(channel.name) ? t('notify.hereChat') : t('notify.here')}</legend>
          {levels.map(([value, key]) => (
            <Fragment key={value}>
              <label>
                <input
                  type="radio"
                  name="level"
                  checked={level === value}
                  onChange={() => attempt(setLevel(identity, channel.name, value))}
                />
                {t(key)}
              </label>
              {value === 'mentions' ? <p className="soft">{t('notify.help')}</p> : null}
            </Fragment>
          ))}
        </fieldset>
        <Device permission={permission} onWork={attempt} />
        <Problem>{problem}</Problem>
      </div>
    </aside>
  )
}

function Device({ permission, onWork }: { permission: Permission; onWork(work: Promise<unknown>): void }) {
  if (permission === 'none') return <p className="soft">{t('notify.unsupported')}</p>
  if (permission === 'denied') return <p className="soft">{t('notify.denied')}</p>
  if (permission === 'unknown') {
    return (
      <button type="button" className="primary" onClick={() => onWork(askPermission())}>
        {t('notify.allow')}
      </button>
    )
  }
  return <Push onWork={onWork} />
}

/** Notifications while no page is open, and whether they show the texts of private circles. */
function Push({ onWork }: { onWork(work: Promise<unknown>): void }) {
  const identity = useIdentity()
  const texts = usePrivateTexts()
  const [isOn, setOn] = useState(() => isSubscribed(identity))
  const reason = whyNoPush(identity)
  const toggle = async (on: boolean): Promise<void> => {
    await (on ? subscribeDevice(identity) : unsubscribeDevice(identity))
    setOn(on)
  }
  const showTexts = async (shown: boolean): Promise<void> => {
    setPrivateTexts(identity, shown)
    if (isOn) await subscribeDevice(identity) // the server leaves them out
  }
  return (
    <fieldset className="levels">
      <legend>{t('notify.device')}</legend>
      {reason === null ? (
        <label>
          <input type="checkbox" checked={isOn} onChange={event => onWork(toggle(event.target.checked))} />
          {t('notify.closed')}
        </label>
      ) : (
        <p className="soft">{reason}</p>
      )}
      <label>
        <input type="checkbox" checked={texts} onChange={event => onWork(showTexts(event.target.checked))} />
        {t('notify.texts')}
      </label>
    </fieldset>
  )
}
