import type { Author } from '../../client/client.ts'

/** The author that a user id and a name are, as documents name whoever edits them. */
export const authorOf = ({ id, name }: { id: string; name: string }): Author => ({
  id,
  name,
  kind: id.startsWith('agent:') ? 'agent' : 'person',
})
