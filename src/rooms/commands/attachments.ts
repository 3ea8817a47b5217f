import { namesOf } from '../../protocol/file-names.ts'
import { hasVisibleText } from '../../protocol/text.ts'
import type { NamedFiles } from '../component.ts'
import type { RoomContext } from '../context.ts'
import { filesComponent, filesUnavailable } from '../files/files-component.ts'
import { refusal } from '../outcome.ts'
import type { Session } from '../sessions/session.ts'

/** The files that a message of this session names. */
export function namedFiles(
  { components }: Pick<RoomContext, 'components'>,
  session: Session,
  ids: readonly string[],
): NamedFiles {
  if (new Set(ids).size < ids.length)
    return { attachments: [], refused: refusal('invalid', 'A message names each file once.') }
  return components.named(filesComponent)?.readFiles?.(session, ids) ?? { attachments: [], refused: filesUnavailable }
}

/** The text of a message, which is the names of its files where it has none: whatever shows no files shows them. */
export function textWithFiles(content: string, { attachments }: NamedFiles): string {
  return hasVisibleText(content) ? content : namesOf(attachments)
}
