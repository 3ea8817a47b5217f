import { useState } from 'react'
import { DarkIcon, LightIcon } from '../lib/icons.tsx'
import { storageKeys } from '../lib/storage.ts'
import { t } from '../words/words.ts'

const key = storageKeys.theme // public/theme.js reads it before the first paint

/** A button that switches between light and dark; until it is used, the system's preference applies. */
export function ThemeSwitch() {
  const [theme, setTheme] = useState(() => localStorage.getItem(key) ?? systemTheme())
  const next = theme === 'dark' ? 'light' : 'dark'
  const label = next === 'dark' ? t('sidebar.dark') : t('sidebar.light')
  const onClick = (): void => {
    localStorage.setItem(key, next)
    document.documentElement.dataset.theme = next
    const paper = getComputedStyle(document.documentElement).getPropertyValue('--paper')
    for (const meta of document.querySelectorAll('meta[name="theme-color"]')) meta.setAttribute('content', paper)
    setTheme(next)
  }
  return (
    <button type="button" onClick={onClick} aria-label={label} title={label}>
      {next === 'dark' ? <DarkIcon /> : <LightIcon />}
    </button>
  )
}

const systemTheme = (): string => (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')
