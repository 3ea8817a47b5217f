import { timestamp } from '../../protocol/dialects/dialect.ts'
import type { Parts } from '../parts.ts'
import { type Done, done, type ServiceOf } from './service.ts'

/** The newest lines that hold all the words. */
export function find({ search }: Parts, { q, limit }: ServiceOf<'search'>): Done<'search'> {
  const { found, complete } = search.find(q, limit)
  const results = found.map(({ line: { seq, type, at, data }, snippet, highlights }) => {
    const author =
      'agent_id' in data ? { id: data.agent_id, name: data.agent_name } : { id: data.user_id, name: data.user_name }
    return { seq, type, timestamp: timestamp(at), author, snippet, highlights }
  })
  return done({ results, complete })
}
