import type { ChangeEvent } from 'react'
import { storageKeys } from '../lib/storage.ts'
import { languageTags } from '../words/languages.ts'
import { t } from '../words/words.ts'

/** Chooses the language of the page in this browser. The page is loaded again in it: what was being written is kept. */
export function LanguageSwitch() {
  const onChange = ({ target }: ChangeEvent<HTMLSelectElement>): void => {
    if (target.value === '') localStorage.removeItem(storageKeys.language)
    else localStorage.setItem(storageKeys.language, target.value)
    location.reload()
  }
  return (
    <section aria-label={t('language.title')}>
      <label>
        {t('language.title')}
        <select defaultValue={localStorage.getItem(storageKeys.language) ?? ''} onChange={onChange}>
          <option value="">{t('language.browser')}</option>
          {languageTags().map(tag => (
            <option key={tag} value={tag} lang={tag}>
              {nameOf(tag)}
            </option>
          ))}
        </select>
      </label>
    </section>
  )
}

/** The name of a language in itself. */
const nameOf = (tag: string): string => new Intl.DisplayNames([tag], { type: 'language' }).of(tag) ?? tag
