import { AgentError } from './agent-error.ts'
import { ModelError } from './model-error.ts'
import type { Reply } from './reply.ts'
import type { ReplyText } from './reply-text.ts'

type Ending = { text: ReplyText; reply: Reply; calls: readonly object[] }
type Finish = { finishReason: string; rawFinishReason?: string | undefined } // as the AI SDK names reasons

/** Fails the reply, or marks it, where the model did not end it by itself. */
export function checkEnd({ finishReason, rawFinishReason }: Finish, { text, reply, calls }: Ending): void {
  const cause = new ModelError(null, `The model finished with ${finishReason} (${rawFinishReason ?? 'no reason'}).`)
  if (finishReason === 'content-filter') throw filtered(cause)
  if (finishReason === 'error' || rawFinishReason === 'error') throw cause
  if (calls.length > 0 && finishReason !== 'length') return
  const isCut = finishReason === 'length' || finishReason === 'tool-calls'
  if (isCut && text.isVisible) reply.markTruncated()
  else if (finishReason === 'length') throw cutShort(cause)
  else if (finishReason === 'tool-calls') throw calledTool(cause)
  else if (!text.isVisible) throw noText(cause)
}

const once = { retry: false }
/** The model, or its server, was silent for so long. */
export const tooSlow = (silenceMs: number) =>
  new AgentError('model_silent', 'The language model stopped sending for too long.', {
    cause: new ModelError(null, `The model's server sent nothing for ${silenceMs} ms.`),
  })
const filtered = (cause: Error) =>
  new AgentError('model_refused', 'The language model refuses to reply to this.', { ...once, cause })
const cutShort = (cause: Error) =>
  new AgentError('model_cut_short', 'The language model used up its tokens before it began its reply.', {
    ...once,
    cause,
  })
const noText = (cause: Error) => new AgentError('model_empty', 'The language model sent no text to show.', { cause })
const calledTool = (cause: Error) =>
  new AgentError('model_called_tool', 'The language model called a tool instead of replying.', { ...once, cause })
