import { first, type Sql } from '../lib/sql.ts'

/** Returns whether what is stored belongs to another library than this one, to which it belongs from now on. */
export function isOfAnother(sql: Sql, library: string): boolean {
  const known = first<{ id: string }>(sql, `SELECT id FROM document_library`)?.id
  if (known === library) return false
  sql.all(`DELETE FROM document_library`)
  sql.all(`INSERT INTO document_library (id) VALUES (?1)`, library)
  return known !== undefined
}
