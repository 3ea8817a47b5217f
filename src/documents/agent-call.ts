import * as z from 'zod/v4'
import { idText, programText } from '../protocol/text-schema.ts'
import type { DocumentCall } from '../protocol/turns.ts'
import type { DocumentRequest } from '../rpc/document.ts'

const document = idText().min(1).max(64)
const root = idText().min(1).max(64).optional()
const edit = z.object({ old: programText(), new: programText() })

// It comes from another Worker.
const schema = z.discriminatedUnion('do', [
  z.object({ do: z.literal('list') }),
  z.object({ do: z.literal('read'), document, root }),
  z.object({
    do: z.literal('edit'),
    document,
    root,
    edits: z.array(edit).min(1).max(100),
    suggest: z.boolean().optional(),
  }),
  z.object({ do: z.literal('undo'), document, edit: z.int().positive() }),
]) satisfies z.ZodType<DocumentCall>

/** What an agent asks for: the names of the documents, or something of one of them. Null: it is not valid. */
export function readAgentCall(input: unknown): 'list' | { document: string; request: DocumentRequest } | null {
  const { data: call } = schema.safeParse(input)
  if (call === undefined) return null
  if (call.do === 'list') return 'list'
  const { document, ...rest } = call
  return { document, request: rest.do === 'undo' ? { do: 'undo', id: rest.edit } : rest }
}
