import { useEffect } from 'react'
import { NavLink } from '../nav/nav-link.tsx'
import { t } from '../words/words.ts'

/** Says that nothing is at this address. */
export function NoPage() {
  useEffect(() => {
    document.title = t('noPage.tab')
  }, [])
  return (
    <main className="join">
      <div className="no-page">
        <h1>{t('noPage.title')}</h1>
        <p>{t('noPage.rule')}</p>
        <NavLink href="/">{t('noPage.home')}</NavLink>
      </div>
    </main>
  )
}
