import type { CircleAccess } from '../../protocol/turns.ts'

/** Replaces a text that occurs once in a document by another; an empty `old` is the end of it. */
export type DocumentEdit = { old: string; new: string }

/** What a document holds. `text`: the text, or prose as Markdown; `json`: an array or a map. */
export type DocumentContent = {
  root: string
  type: 'text' | 'prose' | 'array' | 'map'
  text?: string
  json?: unknown
  bytes: number
}

/**
 * The documents of the circle, with the rights of whoever prompted the turn and under the agent's own name. A refusal is an error
 * whose message may be shown. A turn that is called again edits again: put an edit into a `step`.
 */
export type ReplyDocuments = {
  /** The names of the documents. */
  list(): Promise<string[]>
  /** Reads one. `root`: the name of a shared type, where there are several. */
  read(name: string, options?: { root?: string }): Promise<DocumentContent>
  /** Edits a text at its anchors, all or none. Returns the number of the edit, for `undo`; null: it is too large for that. */
  edit(name: string, edits: readonly DocumentEdit[], options?: { root?: string }): Promise<number | null>
  /** Adds a text at the end. */
  append(name: string, text: string, options?: { root?: string }): Promise<number | null>
  /** Suggests edits, which wait until somebody accepts them. Returns the number of the suggestion. */
  suggest(name: string, edits: readonly DocumentEdit[], options?: { root?: string }): Promise<number>
  /** Takes back an edit of this agent; what others wrote since stays. */
  undo(name: string, edit: number): Promise<void>
}

/** The documents that an agent reaches through its access to the circle. */
export function replyDocuments({ document: call = unavailable }: CircleAccess): ReplyDocuments {
  const edit: ReplyDocuments['edit'] = async (document, edits, { root } = {}) => {
    const result = await call({ do: 'edit', document, edits, ...(root !== undefined && { root }) })
    return (result as { edit?: number }).edit ?? null
  }
  return {
    list: async () => (await call({ do: 'list' })) as string[],
    read: async (document, { root } = {}) =>
      (await call({ do: 'read', document, ...(root !== undefined && { root }) })) as DocumentContent,
    edit,
    append: (document, text, options) => edit(document, [{ old: '', new: text }], options),
    async suggest(document, edits, { root } = {}) {
      const request = { do: 'edit', document, edits, suggest: true } as const
      const result = await call({ ...request, ...(root !== undefined && { root }) })
      return (result as { id: number }).id
    },
    undo: async (document, edit) => void (await call({ do: 'undo', document, edit })),
  }
}

const unavailable: NonNullable<CircleAccess['document']> = () =>
  Promise.reject(new Error('This circle has no documents.'))
