const content = `type IN ('message', 'agent_message')`
const files = `type IN ('file_created', 'file_changed', 'file_deleted')`

// The seqs of what is deleted: an event says so of itself, or a later one of it.
const deleted = `SELECT seq FROM events WHERE (${content} OR ${files}) AND json_extract(data, '$.deleted')
  UNION SELECT json_extract(data, '$.target') FROM events WHERE type = 'message_deleted'`

const erase = (erased: string, where: string) =>
  `UPDATE events SET data = ${erased} WHERE ${where} AND data <> ${erased}`

/** Erases from the whole log what a deletion erases: texts, edits, diffs and reactions. A log from elsewhere may have them. */
export const eraseDeleted: readonly string[] = [
  erase(
    `json_set(data, '$.content', '')`,
    `type = 'message_edited' AND json_extract(data, '$.target') IN (${deleted})`,
  ),
  erase(
    `json_remove(json_set(data, '$.content', '', '$.deleted', json('true')), '$.meta', '$.attachments')`,
    `${content} AND seq IN (${deleted})`,
  ),
  erase(`json_remove(json_set(data, '$.deleted', json('true')), '$.diff')`, `${files} AND seq IN (${deleted})`),
  `DELETE FROM reactions WHERE target IN (${deleted})`,
]
