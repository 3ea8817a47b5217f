import { useState } from 'react'

const key = 'circles theme'

/** Light, dark, or as the system has it. */
export function ThemeSwitch() {
  const [theme, setTheme] = useState(() => localStorage.getItem(key) ?? 'system')
  const next = theme === 'system' ? (isDark() ? 'light' : 'dark') : theme === 'dark' ? 'light' : 'dark'
  const turn = (): void => {
    localStorage.setItem(key, next)
    document.documentElement.dataset.theme = next
    setTheme(next)
  }
  return (
    <button type="button" onClick={turn}>
      {next === 'dark' ? 'Dark' : 'Light'}
    </button>
  )
}

const isDark = (): boolean => matchMedia('(prefers-color-scheme: dark)').matches
