import type { Attachment } from '../protocol/files.ts'

/** What the Worker found out about a file while it passed through: what it is, and its hash. */
export type FileContent = Pick<Attachment, 'media_type' | 'sha256' | 'width' | 'height'>

/** A signature of a file's address, and when it expires (ms since the Unix epoch). */
export type FileSignature = { expires: number; signature: string }

/** A request to the files of a circle. `base`: the address under which this deployment was reached. */
export type FileRequest =
  | { do: 'begin'; name: string; bytes: number; base: string } // an upload, answered by where its bytes go
  | { do: 'finish'; id: string; content: FileContent } // all of it is there
  | { do: 'drop'; id: string } // the upload failed
  | { do: 'get'; id: string; signed?: FileSignature }
  | { do: 'sign'; id: string; seconds: number }

/** Where the bytes of a file are in the bucket. */
export type StoredAt = { key: string }

/** What each request to the files of a circle returns. */
export type FileResults = {
  begin: StoredAt & { id: string }
  finish: Attachment
  drop: null
  get: StoredAt & { file: Attachment }
  sign: FileSignature
}
