import type { PageState } from '../layout/page-state.ts'
import { CloseIcon } from '../lib/icons.tsx'

type Props = { title: string; closeLabel: string; page: PageState }

/** The header of a panel beside the conversation; its button closes the panel. */
export function PanelHeader({ title, closeLabel, page }: Props) {
  return (
    <header>
      <h2>{title}</h2>
      <button type="button" onClick={page.close} aria-label={closeLabel} title="Close (Esc)">
        <CloseIcon />
      </button>
    </header>
  )
}
