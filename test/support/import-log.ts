import { readArchiveLine } from '../../src/protocol/events/archive.ts'
import { exportPage, importLog } from '../../src/rooms/admin/export-import.ts'
import type { TestRoom } from './test-room.ts'

const olga = { id: 'olga', name: 'Olga', kind: 'person', role: 'owner' } as const

/** The lines of an export. */
export function archiveOf(room: TestRoom): string[] {
  const { result } = exportPage(room.room.context, { do: 'export', after: 0 })
  if ('refused' in result) throw new Error(result.refused.message)
  return result.value.text.trimEnd().split('\n')
}

/** Replaces a room's log by these lines, and returns the response to the last step. */
export function importInto(room: TestRoom, lines: readonly string[]) {
  const read = lines.map(line => readArchiveLine(line, room.room.context.events, room.now))
  const step = (step: Parameters<typeof importLog>[2]['step']) => {
    const session = { user: olga, startedAt: room.now }
    const { result, outcome } = importLog(room.room.context, session, { do: 'import', step })
    room.step(() => outcome)
    return result
  }
  const begun = step({ replace: true })
  const id = 'value' in begun ? begun.value.id : ''
  step({ id, events: read.filter(one => 'seq' in one), rows: read.filter(one => 'component' in one) })
  return step({ id })
}
