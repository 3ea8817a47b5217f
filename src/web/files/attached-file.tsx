import { useEffect, useState } from 'react'
import type { Attachment } from '../../protocol/files.ts'
import { type Caller, useCaller } from '../lib/caller.ts'
import { problemText } from '../words/problem-text.ts'
import { t } from '../words/words.ts'
import { formatBytes } from './format-bytes.ts'
import { knownUrl, signedUrl } from './signed-url.ts'

type Props = { file: Attachment; circle: string; isShown: boolean }

/** A file of a message: an image, or a row with its name. */
export function AttachedFile({ file, circle, isShown }: Props) {
  if (file.missing) return <span className="soft">{t('files.missing', { name: file.name })}</span>
  return isShown ? <AttachedImage file={file} circle={circle} /> : <FileRow file={file} circle={circle} />
}

type FileProps = Omit<Props, 'isShown'>

function AttachedImage({ file, circle }: FileProps) {
  const caller = useCaller()
  const [url, setUrl] = useState(() => knownUrl(file.id))
  const [problem, setProblem] = useState<string | null>(null)
  useEffect(() => {
    if (url !== null || problem !== null) return
    signedUrl(caller, circle, file.id).then(setUrl, error => setProblem(problemText(error, t('files.unreadable'))))
  }, [caller, circle, file.id, url, problem])
  if (problem !== null) {
    return (
      <button type="button" className="soft" onClick={() => setProblem(null)} title={problem}>
        {t('files.notShown', { name: file.name })}
      </button>
    )
  }
  if (url === null) return null
  const open = (): void => void openFile({ caller, circle, file: file.id }, window.open('', '_blank'))
  return (
    <button type="button" className="shown-image" onClick={open} title={file.name}>
      <img
        src={url}
        alt={file.name}
        width={file.width}
        height={file.height}
        decoding="async"
        onError={() => {
          setUrl(null) // perhaps its time is over
          setProblem(t('files.broken'))
        }}
      />
    </button>
  )
}

function FileRow({ file, circle }: FileProps) {
  const caller = useCaller()
  const [problem, setProblem] = useState<string | null>(null)
  const save = (): void =>
    void signedUrl(caller, circle, file.id).then(
      url => location.assign(url), // it is sent to be saved: the page stays
      error => setProblem(problemText(error, t('files.unreadable'))),
    )
  return (
    <>
      <button
        type="button"
        className="saved-file"
        onClick={save}
        aria-label={t('files.save', { name: file.name, size: formatBytes(file.bytes) })}
      >
        <span className="file-name">{file.name}</span> <span className="soft">{formatBytes(file.bytes)}</span>
      </button>
      {problem === null ? null : (
        <span className="problem" role="alert">
          {problem}
        </span>
      )}
    </>
  )
}

/** Shows an image in a tab of its own, which was opened at the click: later, browsers would not let it. */
async function openFile(
  { caller, circle, file }: { caller: Caller; circle: string; file: string },
  tab: Window | null,
): Promise<void> {
  const url = await signedUrl(caller, circle, file).catch(() => null)
  if (url === null) tab?.close()
  else tab?.location.replace(url)
}
