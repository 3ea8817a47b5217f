import type { ReactNode } from 'react'

type Props = { title: ReactNode; children: ReactNode; yes: string; no?: string; onYes(): void; onNo?(): void }

/** Asks before something in the address takes effect: anyone may have written the link that was opened. */
export function LinkQuestion({ title, children, yes, no, onYes, onNo }: Props) {
  return (
    <main className="join">
      <form action={onYes}>
        <h1>{title}</h1>
        <p>{children}</p>
        <button type="submit" className="primary">
          {yes}
        </button>
        {no === undefined ? null : (
          <button type="button" className="outline" onClick={onNo}>
            {no}
          </button>
        )}
      </form>
    </main>
  )
}
