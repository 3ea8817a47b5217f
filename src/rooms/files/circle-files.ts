import { isSameSecret, signText } from '../../lib/ids.ts'
import { minDefined } from '../../lib/util.ts'
import { noSuchChannel, type Refusal } from '../../protocol/errors.ts'
import { signedSeconds, unnamedFileMs } from '../../protocol/files.ts'
import { cleanLine, hasVisibleText } from '../../protocol/text.ts'
import type { FileContent, FileRequest, FileResults, FileSignature } from '../../rpc/files.ts'
import type { Changed, Component, ComponentResult, NamedFiles } from '../component.ts'
import type { RoomContext } from '../context.ts'
import { refuseWriting } from '../hooks.ts'
import { nothing, type Outcome, refusal } from '../outcome.ts'
import type { Session } from '../sessions/session.ts'
import { FileStore, type Folder, type StoredFile } from './file-store.ts'
import { readImportedAttachments } from './imported-attachments.ts'
import { signedPath } from './signed-path.ts'

const unnamedFiles = 100 // of one person, that wait for a message
const deletedAtOnce = 500
const retryMs = 60_000

/** What the files of a circle need of the object: the bucket, in which each circle has folders of its own. */
export type FilePorts = {
  /** Deletes the bytes of these; answered by `deleted`. */
  remove(ids: readonly string[], keys: readonly string[]): void
  /** Deletes everything in a folder. */
  removeFolder(key: string): void
}

type Result<Name extends FileRequest['do']> = { value: FileResults[Name] } | { refused: ReturnType<typeof refusal> }

/** The files of a circle: what each is, who uploaded it and which message names it. Their bytes are in a bucket. */
export class CircleFiles implements Component {
  readonly #context: RoomContext
  readonly #store: FileStore
  readonly #ports: FilePorts
  readonly #changed: Changed
  #folder: Folder | null // in memory for when the storage is gone; null: there was never a file
  #isDeleting = false
  #retryAt: number | null = null
  #due: number | null

  constructor(context: RoomContext, ports: FilePorts, changed: Changed) {
    this.#context = context
    this.#store = new FileStore(context.sql)
    this.#ports = ports
    this.#changed = changed
    this.#folder = this.#store.folder()
    this.#due = this.#folder === null ? null : this.#store.nextDue()
  }

  welcome(): { files: true } {
    return { files: true }
  }

  onRequest(session: Session, request: unknown, now: number): { result: ComponentResult; outcome: Outcome } {
    return { result: this.#answer(session, request as FileRequest, now), outcome: nothing } // our own Worker asks
  }

  readFiles({ user }: Session, ids: readonly string[]): NamedFiles {
    const found = ids.flatMap(id => this.#store.find(id) ?? [])
    const attachments = found.map(({ file }) => file)
    const isUnknown = found.length < ids.length || found.some(file => file.user !== user.id)
    if (isUnknown) return { attachments, refused: refusal('not_found', 'There is no such file of yours here.') }
    const isNamed = found.some(({ seq }) => seq !== null)
    return { attachments, refused: isNamed ? refusal('conflict', 'Another message names this file.') : null }
  }

  nameFiles(ids: readonly string[], seq: number): void {
    for (const id of ids) this.#store.name(id, seq)
    this.#dueChanged()
  }

  fileUrl(id: string, now: number): string | null {
    const stored = this.#store.find(id)
    if (stored === null || stored.seq === null) return null
    const { expires, signature } = this.#sign(id, now + signedSeconds * 1_000)
    return `${stored.base}${signedPath(this.#context.name, id, { expires, signature })}`
  }

  onErased(from: number, before: number): void {
    if (this.#folder !== null && this.#store.expireNamed(from, before)) this.#changed()
  }

  storedBytes(): number {
    return this.#folder === null ? 0 : this.#store.bytes()
  }

  onImport(): void {
    const before = this.#store.named()
    const kept = readImportedAttachments(this.#context.sql, before)
    for (const { file, seq } of before) {
      const at = kept.get(file.id)
      if (at !== undefined) this.#store.name(file.id, at)
      else if (seq !== null) this.#store.expireOne(file.id)
    }
    this.#changed()
  }

  onDelete(): void {
    if (this.#folder !== null) this.#ports.removeFolder(this.#pathOf(this.#folder))
  }

  nextAlarm(): number | null {
    return minDefined(this.#retryAt, this.#due)
  }

  onAlarm(now: number): Outcome {
    const isRetry = this.#retryAt !== null && now >= this.#retryAt
    const isDue = this.#due !== null && now >= this.#due
    if (isRetry) this.#retryAt = null
    if (isDue) this.#store.expireOld(now)
    if (isRetry || isDue) this.#dueChanged()
    return nothing
  }

  afterRun(): Outcome {
    if (this.#isDeleting || this.#retryAt !== null || this.#folder === null) return nothing
    const ids = this.#store.expired(deletedAtOnce)
    if (ids.length === 0) return nothing
    this.#isDeleting = true
    this.#ports.remove(
      ids,
      ids.map(id => this.#keyOf(id)),
    )
    return nothing
  }

  /** The bytes of files were deleted, or (false) they are to be deleted again later. */
  deleted(ids: readonly string[], isDone: boolean, now: number): void {
    this.#isDeleting = false
    if (isDone) this.#store.remove(ids)
    else this.#retryAt = now + retryMs
    this.#changed()
  }

  #answer(session: Session, request: FileRequest, now: number): ComponentResult {
    switch (request.do) {
      case 'begin':
        return this.#begin(session, request, now)
      case 'finish':
        return this.#finish(session, request)
      case 'drop':
        this.#store.expire(request.id, session.user.id)
        this.#dueChanged()
        return { value: null }
      case 'get':
        return this.#get(session, request, now)
      case 'sign':
        return this.#signFor(session, request, now)
      default:
        return request satisfies never
    }
  }

  #begin(session: Session, { name, bytes, base }: Extract<FileRequest, { do: 'begin' }>, now: number): Result<'begin'> {
    const refused = refuseWriting(this.#context, session)
    if (refused !== null) return { refused }
    const user = session.user.id
    if (this.#store.unnamedOf(user) >= unnamedFiles)
      return { refused: refusal('conflict', `${unnamedFiles} files of yours wait for a message here already.`) }
    const id = this.#context.newId()
    this.#folder ??= this.#store.makeFolder(this.#context.newId)
    this.#store.add({ id, name: cleanFileName(name), bytes, user, base }, now + unnamedFileMs)
    this.#dueChanged()
    return { value: { id, key: this.#keyOf(id) } }
  }

  #finish({ user }: Session, { id, content }: { id: string; content: FileContent }): Result<'finish'> {
    const isThere = this.#store.finish(id, user.id, content)
    const stored = isThere ? this.#store.find(id) : null
    return stored === null ? noFile : { value: stored.file }
  }

  #get(session: Session, { id, signed }: Extract<FileRequest, { do: 'get' }>, now: number): Result<'get'> {
    const refused = signed === undefined ? null : this.#whyNotSigned(id, signed, now)
    if (refused !== null) return { refused }
    const stored = signed === undefined ? this.#readable(session, id) : this.#store.find(id)
    return stored === null ? noFile : { value: { file: stored.file, key: this.#keyOf(id) } }
  }

  #signFor(session: Session, { id, seconds }: Extract<FileRequest, { do: 'sign' }>, now: number): Result<'sign'> {
    if (this.#readable(session, id) === null) return noFile
    return { value: this.#sign(id, now + Math.min(seconds, signedSeconds) * 1_000) }
  }

  /** A file that this session may read: one that a message names, or their own. */
  #readable({ user }: Session, id: string): StoredFile | null {
    const stored = this.#store.find(id)
    return stored !== null && (stored.seq !== null || stored.user === user.id) ? stored : null
  }

  #sign(id: string, expires: number): FileSignature {
    return { expires, signature: signText(this.#folder?.secret ?? '', `${id} ${expires}`) }
  }

  /** The reason an address reads nothing, or null. One that was never signed here does not tell of a private circle. */
  #whyNotSigned(id: string, { expires, signature }: FileSignature, now: number): Refusal | null {
    const isOurs = this.#folder !== null && isSameSecret(this.#sign(id, expires).signature, signature)
    if (isOurs && expires > now) return null
    const { settings, channelName } = this.#context
    return !isOurs && settings.value.visibility === 'private' ? noSuchChannel(channelName) : badSignature
  }

  #keyOf(id: string): string {
    return this.#folder === null ? '' : `${this.#pathOf(this.#folder)}${id}`
  }

  /** A circle of the same name that is made later has another folder. */
  #pathOf({ id }: Folder): string {
    return `${this.#context.name}/${id}/`
  }

  #dueChanged(): void {
    this.#due = this.#store.nextDue()
    this.#changed()
  }
}

const noFile = { refused: refusal('not_found', 'There is no such file here.') }
const badSignature = refusal('forbidden', 'This address has expired, or is not one of this server.')

const nameBytes = 255

/** The name of a file as others see it: on one line, without a path, and never empty. */
function cleanFileName(text: string): string {
  const name = (cleanLine(text) ?? '').replace(/^.*[\\/]/, '').trim()
  return hasVisibleText(name) ? name.slice(0, nameBytes).toWellFormed() : 'file'
}
