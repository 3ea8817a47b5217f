import { expect, test } from 'vitest'
import { type Attachment, fromAttachment, toAttachment } from '../../../src/rooms/sessions/attachment.ts'
import { newSession } from '../../../src/rooms/sessions/session.ts'

const bucket = { messages: 20, bytes: 1, at: 0, refusals: [] }
const principal = { id: 'ada', name: 'Ada', kind: 'person', role: 'member', expires: null } as const
const parts = { id: 's1', dialect: 'native', agent: null, principal } as const
const session = { ...newSession(parts, bucket, 0), confirmsReceipt: true }

test('a session is the same after it was stored, and its keys on the socket keep their names', () => {
  const attachment = toAttachment(session)
  expect(attachment).toMatchObject({ v: 1, tellsTaken: true })
  expect(attachment).not.toHaveProperty('confirmsReceipt')
  expect(fromAttachment(attachment)).toEqual(session)
})

test('an attachment of an older version, without the keys that were added since, opens', () => {
  const { tellsTaken: _tellsTaken, frames: _frames, refused: _refused, ...old } = toAttachment(session)
  expect(fromAttachment(old as Attachment)).toEqual({ ...session, confirmsReceipt: false })
})
