import { useEffect, useState } from 'react'
import type { Attachment } from '../../protocol/files.ts'
import { messageOf } from '../lib/api.ts'
import { useIdentity } from '../nav/identity.ts'
import { formatBytes } from './format-bytes.ts'
import { knownUrl, signedUrl } from './signed-url.ts'

type Props = { file: Attachment; circle: string; isShown: boolean }

/** A file of a message: an image, or a row with its name. */
export function AttachedFile({ file, circle, isShown }: Props) {
  if (file.missing) return <span className="soft">{file.name} is not here: the message was imported.</span>
  return isShown ? <AttachedImage file={file} circle={circle} /> : <FileRow file={file} circle={circle} />
}

type FileProps = Omit<Props, 'isShown'>

function AttachedImage({ file, circle }: FileProps) {
  const identity = useIdentity()
  const [url, setUrl] = useState(() => knownUrl(file.id))
  const [problem, setProblem] = useState<string | null>(null)
  useEffect(() => {
    if (url !== null || problem !== null) return
    signedUrl(identity, circle, file.id).then(setUrl, error => setProblem(messageOf(error, 'It cannot be read.')))
  }, [identity, circle, file.id, url, problem])
  if (problem !== null) {
    return (
      <button type="button" className="soft" onClick={() => setProblem(null)} title={problem}>
        {file.name} cannot be shown. Try again
      </button>
    )
  }
  if (url === null) return null
  const open = (): void => void openFile({ identity, circle, file: file.id }, window.open('', '_blank'))
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
          setProblem('It cannot be shown.')
        }}
      />
    </button>
  )
}

function FileRow({ file, circle }: FileProps) {
  const identity = useIdentity()
  const [problem, setProblem] = useState<string | null>(null)
  const save = (): void =>
    void signedUrl(identity, circle, file.id).then(
      url => location.assign(url), // it is sent to be saved: the page stays
      error => setProblem(messageOf(error, 'It cannot be read.')),
    )
  return (
    <>
      <button
        type="button"
        className="saved-file"
        onClick={save}
        aria-label={`Save ${file.name}, ${formatBytes(file.bytes)}`}
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
  { identity, circle, file }: { identity: ReturnType<typeof useIdentity>; circle: string; file: string },
  tab: Window | null,
): Promise<void> {
  const url = await signedUrl(identity, circle, file).catch(() => null)
  if (url === null) tab?.close()
  else tab?.location.replace(url)
}
