import type { InboxItem } from '../../protocol/inbox.ts'
import { itemKey } from '../inbox/item-text.ts'
import { t } from '../words/words.ts'

/** The title of a notification: who, and why; `place`: the circle, if it is not the chat with that person. */
export function titleOf(name: string, what: Pick<InboxItem, 'kind' | 'root'> | null, place: string): string {
  const text = what === null ? name : t(itemKey(what), { name })
  return place === '' ? text : t('inbox.place', { text, place })
}
