import { useEffect, useRef } from 'react'
import { NavLink } from '../nav/nav-link.tsx'

const keys = [
  ['Enter', 'Send'],
  ['Shift Enter', 'New line'],
  ['↑', 'Change your last line, from the empty field'],
  ['/ or Ctrl K', 'Go to a circle'],
  ['Ctrl F', 'Find in the page; the search finds in the whole log'],
  ['@', 'Mention somebody'],
  ['/ in the field', 'Commands'],
  ['Esc', 'Mark as read, leave a thread, close'],
  ['?', 'This list'],
] as const

/** The list of keys. */
export function ShortcutHelp({ onClose }: { onClose(): void }) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  return (
    <dialog ref={dialog} onClose={onClose} aria-label="Keys">
      <h2>Keys</h2>
      <dl>
        {keys.map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <p>
        <NavLink href="/stats">What this server is doing</NavLink>, for those who own it
      </p>
      <form method="dialog">
        <button type="submit">Close</button>
      </form>
    </dialog>
  )
}
