import { useState } from 'react'
import { DarkIcon, LightIcon } from '../lib/icons.tsx'

const key = 'circles theme'

/** Light or dark; as the system has it until somebody chooses. */
export function ThemeSwitch() {
  const [theme, setTheme] = useState(() => localStorage.getItem(key) ?? systemTheme())
  const next = theme === 'dark' ? 'light' : 'dark'
  const turn = (): void => {
    localStorage.setItem(key, next)
    document.documentElement.dataset.theme = next
    setTheme(next)
  }
  return (
    <button
      type="button"
      onClick={turn}
      aria-label={next === 'dark' ? 'Dark' : 'Light'}
      title={next === 'dark' ? 'Dark' : 'Light'}
    >
      {next === 'dark' ? <DarkIcon /> : <LightIcon />}
    </button>
  )
}

const systemTheme = (): string => (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')
