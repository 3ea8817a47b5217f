import type { Connection } from '../../client/client.ts'
import { reasonText } from '../words/problem-text.ts'
import { type PlainKey, t } from '../words/words.ts'

/** Returns why a channel cannot be reached, as a sentence. A ban and a removal have the same code; their text tells. */
export function closeText(reason: Connection['reason']): string {
  const [code, message] = [reason?.code ?? '', reason?.message ?? '']
  if (/banned/i.test(message)) return t('connection.banned')
  const key = closeTexts.get(code)
  return key === undefined ? t('connection.other', { reason: reasonText(reason) }) : t(key)
}

/** Texts by close code or error code. */
const closeTexts = new Map<string, PlainKey>([
  ['1008', 'connection.refused'],
  ['4403', 'connection.forbidden'],
  ['forbidden', 'connection.forbidden'],
  ['banned', 'connection.banned'],
  ['4404', 'connection.notFound'],
  ['not_found', 'connection.notFound'],
  ['4410', 'connection.deleted'],
  ['4426', 'connection.outOfDate'],
])
