import type { Channel } from '../../client/client.ts'
import type { Attachment } from '../../protocol/files.ts'
import { limits } from '../../protocol/limits.ts'
import { loadIdentity } from '../nav/identity.ts'
import { nameOf } from '../nav/route.ts'
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

/** Where the files of a message are listed. */
type List = { read(): readonly Upload[]; set(list: readonly Upload[]): void }

let lastKey = 0

/** Begins to upload a file and adds it to the list; returns why it cannot, or null. */
export function addUpload({ read, set }: List, channel: Channel, file: File): string | null {
  const { attachments, file_bytes } = channel.state.limits ?? limits
  if (read().length >= attachments) return `A message has at most ${attachments} files.`
  if (file.size > file_bytes) return `${file.name} is too large: a file has at most ${formatBytes(file_bytes)}.`
  const key = ++lastKey
  const onChange = (change: Partial<Upload>): void =>
    set(read().map(upload => (upload.key === key ? { ...upload, ...change } : upload)))
  const circle = nameOf(channel.name)
  const { name } = file
  set([...read(), { key, name, progress: 0, file: null, problem: null, stop: startUpload(circle, file, onChange) }])
  return null
}

/** Uploads a file to a circle; returns a function that stops it. */
function startUpload(circle: string, file: File, onChange: (change: Partial<Upload>) => void): () => void {
  const request = new XMLHttpRequest() // fetch cannot tell how much was sent
  const identity = loadIdentity()
  const url = new URL(`/api/circles/${circle}/files`, location.origin)
  url.searchParams.set('filename', file.name)
  if (identity?.by === 'name') url.searchParams.set('name', identity.name)
  request.open('POST', url)
  if (identity?.by === 'token') request.setRequestHeader('authorization', `Bearer ${identity.token}`)
  request.setRequestHeader('content-type', 'application/octet-stream')
  request.responseType = 'json'
  request.upload.addEventListener('progress', ({ loaded, total }) => onChange({ progress: total && loaded / total }))
  request.addEventListener('load', () => {
    const { status, response } = request
    const problem = status === 201 ? null : (response?.error?.message ?? `The server responded with status ${status}.`)
    onChange(problem === null ? { file: response, progress: 1 } : { problem })
  })
  request.addEventListener('error', () => onChange({ problem: 'The server cannot be reached.' }))
  request.send(file)
  return () => request.abort()
}
