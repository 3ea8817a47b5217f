import type { Channel } from '../../client/client.ts'
import type { Attachment } from '../../protocol/files.ts'
import { limits } from '../../protocol/limits.ts'
import { addressed, type Caller } from '../lib/caller.ts'
import { nameOf } from '../lib/kinds.ts'
import { reasonText } from '../words/problem-text.ts'
import { t } from '../words/words.ts'
import { formatBytes } from './format-bytes.ts'

/** A file on its way to the server. `progress`: 0 to 1; `file`: once it is there; `problem`: why it is not. */
export type Upload = {
  readonly key: number
  readonly name: string
  readonly progress: number
  readonly file: Attachment | null
  readonly problem: string | null
  stop(): void
}

/** Where the files of a message are listed, and who sends them. */
type List = { read(): readonly Upload[]; set(list: readonly Upload[]): void; caller: Caller }

let lastKey = 0

/** Begins to upload a file and adds it to the list; returns why it cannot, or null. */
export function addUpload({ read, set, caller }: List, channel: Channel, file: File): string | null {
  const { attachments, file_bytes } = channel.state.limits ?? limits
  if (read().length >= attachments) return t('files.tooMany', { count: attachments })
  if (file.size > file_bytes) return t('files.tooLarge', { name: file.name, size: formatBytes(file_bytes) })
  const key = ++lastKey
  const onChange = (change: Partial<Upload>): void =>
    set(read().map(upload => (upload.key === key ? { ...upload, ...change } : upload)))
  const circle = nameOf(channel.name)
  const { name } = file
  set([
    ...read(),
    { key, name, progress: 0, file: null, problem: null, stop: startUpload(caller, circle, file, onChange) },
  ])
  return null
}

/** Uploads a file to a circle; returns a function that stops it. */
function startUpload(
  caller: Caller,
  circle: string,
  file: File,
  onChange: (change: Partial<Upload>) => void,
): () => void {
  const request = new XMLHttpRequest() // fetch cannot tell how much was sent
  request.responseType = 'json'
  request.upload.addEventListener('progress', ({ loaded, total }) => onChange({ progress: total && loaded / total }))
  request.addEventListener('load', () => {
    const { status, response } = request
    const problem = status === 201 ? null : response?.error ? reasonText(response.error) : t('page.status', { status })
    onChange(problem === null ? { file: response, progress: 1 } : { problem })
  })
  const fail = (): void => onChange({ problem: t('page.unreachable') })
  request.addEventListener('error', fail)
  let isStopped = false
  const send = ({ url, headers }: Awaited<ReturnType<typeof addressed>>): void => {
    if (isStopped) return
    request.open('POST', url)
    for (const [name, value] of headers) request.setRequestHeader(name, value)
    request.setRequestHeader('content-type', 'application/octet-stream')
    request.send(file)
  }
  addressed(caller, `/api/circles/${circle}/files?${new URLSearchParams({ filename: file.name })}`).then(send, fail)
  return () => {
    isStopped = true
    request.abort()
  }
}
