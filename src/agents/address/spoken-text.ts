import type { Reply } from '../kit/reply.ts'
import { ReplyText } from '../kit/reply-text.ts'
import { leaked, thinksAloud } from '../kit/thinking-models.ts'
import type { TurnRequest } from '../kit/turn-request.ts'

const holdMs = 400 // of the beginning of a text, in case it is a thought

/**
 * Streams the text of one response to a reply, without what a model thinks aloud in it. `model`: what tells it from others
 * that think aloud.
 */
export async function streamSpokenText<Result>(
  reply: Reply,
  { request, model }: { request: TurnRequest; model: string },
  write: (text: ReplyText) => Promise<Result>,
): Promise<{ result: Result; text: ReplyText }> {
  const text = new ReplyText(reply, { holds: thinksAloud(model, request), holdMs })
  try {
    const result = await write(text)
    await text.end()
    if (text.hasLeaked) throw await leaked(model, reply)
    return { result, text }
  } finally {
    text.stop()
  }
}
