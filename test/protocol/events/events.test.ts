import { expect, expectTypeOf, test } from 'vitest'
import { eventData } from '../../../src/protocol/events/events.ts'
import type { EphemeralType } from '../../../src/protocol/frames.ts'

test('[N4] these events are logged, and nothing else is', () => {
  expect(Object.keys(eventData)).toEqual([
    'message',
    'agent_message',
    'message_edited',
    'message_deleted',
    'reaction',
    'agent_joined',
    'agent_left',
    'circle_status',
    'member_changed',
    'turn_failed',
    'approval_requested',
    'approval_decided',
    'file_created',
    'file_changed',
    'file_deleted',
    'git_status',
    'agent_activity',
    'webhook_failed',
    'document_edited',
  ])
})

test('[N4] these frames are not logged, and no others exist', () => {
  type Ephemeral =
    | 'welcome'
    | 'history'
    | 'ack'
    | 'error'
    | 'presence'
    | 'typing'
    | 'signal'
    | 'read'
    | 'agent_status'
    | 'agent_delta'
    | 'pong'
  expectTypeOf<EphemeralType>().toEqualTypeOf<Ephemeral>()
})
