import { useEffect, useRef } from 'react'
import { NavLink } from '../nav/nav-link.tsx'
import { type PlainKey, rich, t } from '../words/words.ts'

// Keys; `|` stands for “or”, and `…` for a key in the message field.
const shortcuts = [
  ['Enter', 'keys.send'],
  ['Shift Enter', 'keys.newLine'],
  ['↑', 'keys.editLast'],
  ['/ | Ctrl K', 'keys.jump'],
  ['Ctrl F', 'keys.find'],
  ['@', 'keys.mention'],
  ['/ …', 'keys.commands'],
  ['Esc', 'keys.escape'],
  ['F6', 'keys.region'],
  ['↑ ↓ ← →', 'keys.arrows'],
  ['Ctrl /', 'keys.help'],
] as const

const keyNames = new Map<string, PlainKey>([
  ['Enter', 'keys.enter'],
  ['Shift', 'keys.shift'],
  ['Ctrl', 'keys.ctrl'],
])

/** A key, or a word between keys. */
function drawKey(key: string) {
  if (key === '|') return ` ${t('keys.or')} `
  if (key === '…') return ` ${t('keys.inField')}`
  const name = keyNames.get(key)
  return <kbd key={key}>{name === undefined ? key : t(name)}</kbd>
}

/** The dialog that lists the keyboard shortcuts. */
export function ShortcutHelp({ onClose }: { onClose(): void }) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    dialog.current?.showModal()
    dialog.current?.scrollTo(0, 0) // its button has the focus, which may be below the window
  }, [])
  return (
    <dialog ref={dialog} onClose={onClose} aria-label={t('keys.title')}>
      <h2>{t('keys.title')}</h2>
      <dl>
        {shortcuts.map(([keys, action]) => (
          <div key={keys}>
            <dt>{keys.split(' ').map(drawKey)}</dt>
            <dd>{t(action)}</dd>
          </div>
        ))}
      </dl>
      <form method="dialog">
        <button type="submit" className="primary">
          {t('page.close')}
        </button>
        <p className="soft">{rich('keys.stats', { link: <NavLink href="/stats">{t('keys.statsLink')}</NavLink> })}</p>
      </form>
    </dialog>
  )
}
