import { t } from '../words/words.ts'
import { CloseIcon } from './icons.tsx'

type Props = { title: string; closeLabel: string; page: { close(): void } }

/** The header of a panel beside the conversation; its button closes the panel. */
export function PanelHeader({ title, closeLabel, page }: Props) {
  return (
    <header>
      <h2>{title}</h2>
      <button type="button" onClick={page.close} aria-label={closeLabel} title={t('panel.closeKey')}>
        <CloseIcon />
      </button>
    </header>
  )
}
