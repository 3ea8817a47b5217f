/** Replaces a text that occurs once in a document by another; an empty `old` means the end of the document. */
export type AnchoredEdit = { old: string; new: string }

/** What the HTTP API, an agent and the circle ask of a document. */
export type DocumentRequest =
  | { do: 'rights' } // the circle's may have changed
  | { do: 'export' }
  | { do: 'import'; update: Uint8Array }
  | { do: 'read'; root?: string | undefined; version?: number | undefined }
  | { do: 'edit'; root?: string | undefined; edits: AnchoredEdit[]; suggest?: boolean | undefined }
  | { do: 'undo'; id: number } // an edit of the same author
  | { do: 'suggestions' }
  | { do: 'decide'; id: number; accept: boolean }
  | { do: 'versions' }
  | { do: 'keep'; name: string }
  | { do: 'compare'; version: number; with?: number | undefined; root?: string | undefined }
  | { do: 'restore'; version: number }

/** What a root of a document holds. `prose`: paragraphs and headings of an editor such as Tiptap. */
export type RootType = 'text' | 'prose' | 'array' | 'map'

/** The content of a document. `text`: the text, or prose as Markdown. `json`: an array or a map. */
export type DocumentContent = { root: string; type: RootType; text?: string; json?: unknown; bytes: number }

/** Edits that wait until somebody accepts them. */
export type Suggestion = {
  id: number
  at: number // ms
  author: { id: string; name: string }
  root: string
  edits: AnchoredEdit[]
}

/** A state of a document that is kept. `name`: null if it was kept because an hour had passed. */
export type Version = { id: number; at: number; name: string | null; author: string | null; bytes: number }

/** The lines in which two texts differ: between what they begin and what they end with. `line`: the first, from 1. */
export type TextDifference = { line: number; removed: string[]; added: string[] }
