import type { Sql, SqlRow } from '../../lib/sql.ts'
import type { EventData } from '../../protocol/events/events.ts'
import type { StoredFile } from './file-store.ts'

/**
 * Looks at what the messages of an imported log name: files that were here before are kept, the others are marked as
 * missing. Returns the seq of the message that names each file that is kept, by its id.
 */
export function readImportedAttachments(sql: Sql, before: readonly StoredFile[]): Map<string, number> {
  const here = new Map(before.map(({ file }) => [file.id, file]))
  const kept = new Map<string, number>()
  const rows = sql.all<SqlRow & { seq: number; data: string }>(
    `SELECT seq, data FROM events WHERE type = 'message' AND instr(data, '"attachments":[{') > 0 ORDER BY seq`,
  )
  for (const { seq, data } of rows) {
    const message = JSON.parse(data) as EventData<'message'>
    const attachments = message.attachments?.map(({ missing: _, ...file }) => {
      const isHere = here.get(file.id)?.sha256 === file.sha256 && !kept.has(file.id)
      if (isHere) kept.set(file.id, seq)
      return isHere ? file : { ...file, missing: true }
    })
    sql.all(`UPDATE events SET data = ?2 WHERE seq = ?1`, seq, JSON.stringify({ ...message, attachments }))
  }
  return kept
}
