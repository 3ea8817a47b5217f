import { useEffect, useState } from 'react'
import type { Identity } from '../nav/identity.ts'
import { NavLink } from '../nav/nav-link.tsx'
import { problemText } from '../words/problem-text.ts'
import { t } from '../words/words.ts'
import { beginChat } from './requests.ts'

/** Goes to the reader's private chat with an agent, `/d/pickle`. */
export function BeginChat({ identity, agent }: { identity: Identity; agent: string }) {
  const [problem, setProblem] = useState<string | null>(null)
  useEffect(() => {
    beginChat(identity, { user: `agent:${agent}`, replace: true }).catch(error =>
      setProblem(problemText(error, t('people.noChat'))),
    )
  }, [identity, agent])
  return (
    <main className="join" aria-busy={problem === null}>
      {problem === null ? null : (
        <div className="no-page">
          <h1>{t('noPage.chat')}</h1>
          <p role="alert">{problem}</p>
          <NavLink href="/">{t('noPage.home')}</NavLink>
        </div>
      )}
    </main>
  )
}
