import { useEffect, useRef } from 'react'
import { NavLink } from '../nav/nav-link.tsx'

const shortcuts = [
  ['Enter', 'Send'],
  ['Shift Enter', 'Start a new line'],
  ['↑', 'Edit your last message (in the empty field)'],
  ['/ or Ctrl K', 'Go to a circle'],
  ['Ctrl F', 'Find on this page; use Search to find in the whole log'],
  ['@', 'Mention someone'],
  ['/ in the field', 'Commands'],
  ['Esc', 'Mark as read, close a thread or panel'],
  ['F6', 'Go to the next part of the page'],
  ['↑ ↓ ← →', 'In the conversation: from message to message, and to the buttons of one'],
  ['Ctrl /', 'Show this list; ? outside a field'],
] as const

/** The dialog that lists the keyboard shortcuts. */
export function ShortcutHelp({ onClose }: { onClose(): void }) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  return (
    <dialog ref={dialog} onClose={onClose} aria-label="Keyboard shortcuts">
      <h2>Keyboard shortcuts</h2>
      <dl>
        {shortcuts.map(([keys, action]) => (
          <div key={keys}>
            <dt>{keys.split(' ').map(key => (/^[a-z]/.test(key) ? `${key} ` : <kbd key={key}>{key}</kbd>))}</dt>
            <dd>{action}</dd>
          </div>
        ))}
      </dl>
      <p>
        <NavLink href="/stats">Server statistics</NavLink> (for owners of the server)
      </p>
      <form method="dialog">
        <button type="submit" className="outline">
          Close
        </button>
      </form>
    </dialog>
  )
}
