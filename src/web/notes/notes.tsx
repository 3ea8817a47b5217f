import { useEffect, useRef } from 'react'
import { IndexeddbPersistence } from 'y-indexeddb'
import type { Channel } from '../../client/client.ts'
import { type DocumentResult, useDocument } from '../../client/documents/react.ts'
import { useChannel } from '../../client/react.ts'
import type { PageState } from '../layout/page-state.ts'
import { nameOf } from '../lib/kinds.ts'
import { PanelHeader } from '../lib/panel-header.tsx'
import { t } from '../words/words.ts'
import { markdownEditor } from './markdown-editor.ts'
import { NotesStatus } from './notes-status.tsx'
import { Suggestions } from './suggestions.tsx'
import { type Suggestion, useSuggestions } from './use-suggestions.ts'
import { Versions } from './versions.tsx'

type Props = { channel: Channel; document: string; root: string; page: PageState }

/** A text of a circle in Markdown, its notes for example, that its people and agents write together. */
export function Notes({ channel, document, root, page }: Props) {
  const circle = nameOf(channel.name)
  const name = `${circle}/${document}`
  const notes = useDocument(name, { offline: IndexeddbPersistence })
  const suggestions = useSuggestions(name, notes)
  const author = useChannel(channel, state => state.self?.name)
  const { awareness } = notes
  useEffect(() => {
    if (author !== undefined) awareness.setLocalState({ ...awareness.getLocalState(), user: { name: author } })
  }, [awareness, author])
  useEffect(() => () => awareness.setLocalState(null), [awareness]) // closed: we are not here any more
  const [title, label] =
    document === 'notes'
      ? [t('header.notes'), t('notes.of', { circle })]
      : [document, t('notes.documentOf', { document, circle })]
  const shown = suggestions.list.filter(suggestion => suggestion.root === root)
  return (
    <aside className="panel notes" aria-label={title} tabIndex={-1}>
      <PanelHeader
        title={title}
        closeLabel={document === 'notes' ? t('notes.close') : t('notes.closeName', { name: document })}
        page={page}
      />
      <NotesStatus notes={notes} />
      <Editor notes={notes} root={root} label={label} suggestions={shown} />
      <Suggestions suggestions={suggestions} mayWrite={notes.mayWrite === true} />
      <Versions document={name} mayWrite={notes.mayWrite === true} />
    </aside>
  )
}

type EditorProps = { notes: DocumentResult; root: string; label: string; suggestions: readonly Suggestion[] }

function Editor({ notes, root, label, suggestions }: EditorProps) {
  const host = useRef<HTMLDivElement>(null)
  const editor = useRef<ReturnType<typeof markdownEditor> | null>(null)
  const { doc, awareness, mayWrite } = notes
  useEffect(() => {
    if (host.current === null) return
    const made = markdownEditor(host.current, { text: doc.getText(root), awareness, label })
    editor.current = made
    if (matchMedia('(pointer: fine)').matches) made.focus()
    return () => made.destroy()
  }, [doc, awareness, root, label])
  useEffect(() => editor.current?.setReadOnly(mayWrite === false), [mayWrite])
  useEffect(() => editor.current?.showSuggestions(suggestions), [suggestions])
  return <div ref={host} className="notes-editor" />
}
