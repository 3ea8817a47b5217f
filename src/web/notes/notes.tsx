import { useEffect, useRef } from 'react'
import { IndexeddbPersistence } from 'y-indexeddb'
import type { Channel } from '../../client/client.ts'
import { type DocumentResult, useDocument } from '../../client/documents/react.ts'
import { useChannel } from '../../client/react.ts'
import type { PageState } from '../layout/page-state.ts'
import { PanelHeader } from '../panels/panel-header.tsx'
import { markdownEditor } from './markdown-editor.ts'
import { NotesStatus } from './notes-status.tsx'
import { Suggestions } from './suggestions.tsx'
import { Versions } from './versions.tsx'
import '../style/notes.css'
import { nameOf } from '../nav/route.ts'

/** The notes of a circle: a text in Markdown that its people and agents write together. */
export function Notes({ channel, page }: { channel: Channel; page: PageState }) {
  const circle = nameOf(channel.name)
  const document = `${circle}/notes`
  const notes = useDocument(document, { offline: IndexeddbPersistence })
  const name = useChannel(channel, state => state.self?.name)
  const { awareness } = notes
  useEffect(() => {
    if (name !== undefined) awareness.setLocalState({ ...awareness.getLocalState(), user: { name } })
  }, [awareness, name])
  useEffect(() => () => awareness.setLocalState(null), [awareness]) // closed: we are not here any more
  return (
    <aside className="panel notes" aria-label="Notes">
      <PanelHeader title="Notes" closeLabel="Close notes" page={page} />
      <NotesStatus notes={notes} />
      <Editor notes={notes} label={`Notes of ${circle}`} />
      <Suggestions document={document} notes={notes} />
      <Versions document={document} mayWrite={notes.mayWrite === true} />
    </aside>
  )
}

function Editor({ notes, label }: { notes: DocumentResult; label: string }) {
  const host = useRef<HTMLDivElement>(null)
  const editor = useRef<ReturnType<typeof markdownEditor> | null>(null)
  const { doc, awareness, mayWrite } = notes
  useEffect(() => {
    if (host.current === null) return
    const made = markdownEditor(host.current, { text: doc.getText('content'), awareness, label })
    editor.current = made
    if (matchMedia('(pointer: fine)').matches) made.focus()
    return () => made.destroy()
  }, [doc, awareness, label])
  useEffect(() => editor.current?.setReadOnly(mayWrite === false), [mayWrite])
  return <div ref={host} className="notes-editor" />
}
