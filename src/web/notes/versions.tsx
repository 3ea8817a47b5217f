import { useState } from 'react'
import { Problem } from '../layout/problem.tsx'
import { request } from '../lib/api.ts'
import { exactTime } from '../lib/format-time.ts'
import { useRequest } from '../lib/use-request.ts'
import { useIdentity } from '../nav/identity.ts'
import { problemText } from '../words/problem-text.ts'
import { t } from '../words/words.ts'

type Version = { id: number; created_at: string; name: string | null; author: string | null }
type Difference = { line: number; removed: string[]; added: string[] }
type Props = { document: string; mayWrite: boolean }

/** The versions of the notes, once they are opened: compared as text, and restored as an edit. */
export function Versions({ document, mayWrite }: Props) {
  const [isOpen, setOpen] = useState(false)
  return (
    <section className="notes-versions" aria-label={t('notes.versions')}>
      <button type="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {t('notes.versions')}
      </button>
      {isOpen ? <VersionList document={document} mayWrite={mayWrite} /> : null}
    </section>
  )
}

function VersionList({ document, mayWrite }: Props) {
  const identity = useIdentity()
  const path = `/api/documents/${document}/versions`
  const { value, problem, reload } = useRequest<{ versions: Version[] }>(path)
  const [failure, setFailure] = useState<string | null>(null)
  const act = (work: Promise<unknown>): void =>
    void work.then(
      () => {
        setFailure(null)
        reload()
      },
      error => setFailure(problemText(error, t('notes.failed'))),
    )
  const message = failure ?? problem
  return (
    <>
      {mayWrite ? <KeepForm onKeep={name => act(request(identity, path, { method: 'POST', body: { name } }))} /> : null}
      <Problem>{message}</Problem>
      <ul>
        {value?.versions.map(version => (
          <VersionItem
            key={version.id}
            version={version}
            path={`${path}/${version.id}`}
            onRestore={
              mayWrite ? () => act(request(identity, `${path}/${version.id}/restore`, { method: 'POST' })) : null
            }
            onProblem={setFailure}
          />
        ))}
      </ul>
      {value?.versions.length === 0 ? <p className="soft">{t('notes.noVersions')}</p> : null}
    </>
  )
}

type ItemProps = { version: Version; path: string; onRestore: (() => void) | null; onProblem(text: string): void }

function VersionItem({ version, path, onRestore, onProblem }: ItemProps) {
  const identity = useIdentity()
  const [compared, setCompared] = useState<{ difference: Difference | null } | null>(null)
  const compare = (): void => {
    if (compared !== null) setCompared(null)
    else
      request<{ difference: Difference | null }>(identity, path).then(setCompared, error =>
        onProblem(problemText(error, t('notes.notCompared'))),
      )
  }
  const at = exactTime(Date.parse(version.created_at))
  const title = version.name ?? t('notes.automatic')
  return (
    <li>
      <span>{title}</span> <time dateTime={version.created_at}>{at}</time>
      <span className="choices">
        <button
          type="button"
          onClick={compare}
          aria-expanded={compared !== null}
          aria-label={t('notes.compareName', { name: title, time: at })}
        >
          {t('notes.compare')}
        </button>
        {onRestore === null ? null : (
          <button type="button" onClick={onRestore} aria-label={t('notes.restoreName', { name: title, time: at })}>
            {t('notes.restore')}
          </button>
        )}
      </span>
      {compared === null ? null : <Comparison difference={compared.difference} />}
    </li>
  )
}

function KeepForm({ onKeep }: { onKeep(name: string): void }) {
  const submit = (data: FormData): void => {
    const name = String(data.get('name')).trim()
    if (name !== '') onKeep(name)
  }
  return (
    <form action={submit}>
      <input name="name" aria-label={t('notes.versionName')} placeholder={t('notes.versionName')} maxLength={100} />
      <button type="submit">{t('notes.keep')}</button>
    </form>
  )
}

/** The lines in which a version and what is there now differ. */
function Comparison({ difference }: { difference: Difference | null }) {
  if (difference === null) return <p className="soft">{t('notes.same')}</p>
  const { removed, added } = difference
  return (
    <p className="notes-change">
      {removed.length === 0 ? null : <del>{removed.join('\n')}</del>}
      {added.length === 0 ? null : <ins>{added.join('\n')}</ins>}
    </p>
  )
}
