import type { Channel } from '../../client/client.ts'
import type { PageState } from '../layout/page-state.ts'
import { Problem } from '../layout/problem.tsx'
import { nameOf } from '../lib/kinds.ts'
import { PanelHeader } from '../lib/panel-header.tsx'
import { useRequest } from '../lib/use-request.ts'
import { Notes } from './notes.tsx'
import '../style/notes.css'
import { t } from '../words/words.ts'

type Props = { channel: Channel; document: string; page: PageState }
type Content = { root: string; type: 'text' | 'prose' | 'array' | 'map'; text?: string; json?: unknown }

/** One document of a circle: its notes, which anybody may begin, or another one that is there. */
export function DocumentPanel(props: Props) {
  return props.document === 'notes' ? <Notes {...props} root="content" /> : <OtherDocument {...props} />
}

/** A text is edited here as the notes are. What other programs edit, prose or a drawing, is shown as it was when it was opened. */
function OtherDocument(props: Props) {
  const { channel, document, page } = props
  const { value, problem } = useRequest<Content>(`/api/documents/${nameOf(channel.name)}/${document}`)
  if (value?.type === 'text') return <Notes {...props} root={value.root} />
  return (
    <aside className="panel notes" aria-label={document} aria-busy={value === null && problem === null}>
      <PanelHeader title={document} closeLabel={t('notes.closeName', { name: document })} page={page} />
      <Problem>{problem}</Problem>
      {value === null ? null : (
        <>
          <p className="soft">{t('notes.foreign')}</p>
          <pre className="notes-content">{value.text ?? JSON.stringify(value.json, null, 2)}</pre>
        </>
      )}
    </aside>
  )
}
