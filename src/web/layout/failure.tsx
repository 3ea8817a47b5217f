import { t } from '../words/words.ts'

/** Stands in place of a part of the page that cannot be shown; what is beside it goes on. */
export function Failure() {
  return (
    <div className="failure" role="alert">
      <p>{t('page.failed')}</p>
      <button type="button" onClick={() => location.reload()}>
        {t('page.reload')}
      </button>
    </div>
  )
}
