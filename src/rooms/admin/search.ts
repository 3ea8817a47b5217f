import { timestamp } from '../../protocol/dialects/dialect.ts'
import type { RoomContext } from '../context.ts'
import { type AdminOutcome, type AdminRequestOf, ok } from './admin.ts'

/** The newest lines that hold all the words. */
export function searchMessages(
  { search }: RoomContext,
  { q, limit }: AdminRequestOf<'search'>,
): AdminOutcome<'search'> {
  const { found, complete } = search.find(q, limit)
  const results = found.map(({ line: { seq, type, at, data }, snippet, highlights }) => {
    const author =
      'agent_id' in data ? { id: data.agent_id, name: data.agent_name } : { id: data.user_id, name: data.user_name }
    return { seq, type, timestamp: timestamp(at), author, snippet, highlights }
  })
  return ok({ results, complete })
}
