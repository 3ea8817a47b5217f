import { expect, test } from 'vitest'
import { builtinEvents } from '../../../src/protocol/events/builtin-events.ts'
import { type EventData, type EventType, eventData } from '../../../src/protocol/events/events.ts'

const keysWith = (part: 'plain' | 'text' | 'search') =>
  [...builtinEvents].flatMap(([type, definition]) => (definition[part] === undefined ? [] : [type]))

test('[N4] every event of ours is in the registry, with its own schema', () => {
  expect([...builtinEvents.keys()]).toEqual(Object.keys(eventData))
  expect(Object.entries(eventData).filter(([type, schema]) => builtinEvents.get(type)?.schema !== schema)).toEqual([])
})

test('[D1] [D4] each dialect shows these events', () => {
  expect(keysWith('plain')).toEqual([
    'message',
    'agent_message',
    'agent_joined',
    'agent_left',
    'circle_status',
    'turn_failed',
    'file_created',
    'file_changed',
    'file_deleted',
    'git_status',
    'agent_activity',
  ])
  expect(keysWith('text')).toEqual(['agent_message', 'turn_failed'])
  expect(keysWith('search')).toEqual(['message', 'agent_message'])
})

const git = {
  branch: 'main',
  head: null,
  ahead: 2,
  behind: 0,
  staged: ['a'],
  changed: [],
  untracked: [],
  conflicted: [],
}

test.each<{ [Type in EventType]: [Type, Partial<EventData<Type>>, string] }[EventType]>([
  ['message', { user_name: 'Ada', content: 'one\ntwo' }, 'Ada: one two'],
  ['agent_message', { agent_name: 'Owl', content: 'Hoo' }, 'Owl: Hoo'],
  ['message_edited', { user_id: 'guest:ada', target: 3, content: 'three' }, 'ada edited #3: three'],
  ['message_deleted', { user_id: 'ada', target: 3 }, 'ada deleted #3'],
  ['reaction', { user_id: 'ada', target: 3, emoji: '👍', removed: false }, 'ada reacted with 👍 to #3'],
  ['reaction', { user_id: 'ada', target: 3, emoji: '👍', removed: true }, 'ada removed 👍 from #3'],
  ['agent_joined', { agent_name: 'Owl' }, 'Owl now answers here'],
  ['agent_left', { agent_name: 'Owl' }, 'Owl now answers only when mentioned'],
  ['circle_status', { status: 'active', title: 'Dev' }, 'The circle is active: “Dev”'],
  ['circle_status', { status: 'paused' }, 'The circle was paused: agents reply once it is active again'],
  ['circle_status', { status: 'archived' }, 'The circle was archived'],
  ['circle_status', { visibility: 'private' }, 'The circle is private now: only its members can join'],
  ['circle_status', { visibility: 'public' }, 'The circle is public now: everybody can join'],
  ['member_changed', { user_id: 'ada', role: 'moderator' }, 'ada is now a moderator'],
  ['member_changed', { user_id: 'ada', role: 'owner', by: 'bob' }, 'ada is now an owner'],
  ['member_changed', { user_id: 'ada', role: 'owner', by: 'ada' }, 'ada owns this circle'],
  ['member_changed', { user_id: 'ada', role: null }, 'ada has the default role again'],
  ['member_changed', { user_id: 'ada', banned: true }, 'ada was banned'],
  ['member_changed', { user_id: 'ada', muted: true }, 'ada was muted'],
  ['turn_failed', { agent_id: 'owl', message: 'It took too long.' }, '@owl did not answer. It took too long.'],
  ['approval_requested', { agent_id: 'owl', description: 'Deploy' }, '@owl asks for approval: Deploy'],
  ['approval_decided', { user_id: 'ada', decision: 'approved' }, 'ada approved what an agent asked for'],
  [
    ...(['approval_decided', { user_id: 'u-17', user_name: 'Ada L.', decision: 'rejected' }] as const),
    'Ada L. rejected what an agent asked for',
  ],
  ['approval_decided', { user_id: null, decision: 'expired' }, 'An approval expired'],
  ['file_created', { path: 'a.ts' }, 'a.ts was created'],
  ['file_changed', { path: 'a.ts' }, 'a.ts was changed'],
  ['file_deleted', { path: 'a.ts' }, 'a.ts was deleted'],
  ['git_status', git, 'main: 2 ahead, 1 staged'],
  ['git_status', { ...git, branch: null, ahead: 0, staged: [] }, 'No branch: clean'],
  ['agent_activity', { activity: 'started', channel: 'circle:dev' }, 'A turn in circle:dev started'],
  [
    'agent_activity',
    { activity: 'finished', channel: 'circle:dev', duration_ms: 1234, usage: { input_tokens: 3, output_tokens: 4 } },
    'A turn in circle:dev finished in 1.2 s, 7 tokens',
  ],
  [
    'webhook_failed',
    { host: 'a.test', reason: 'it answered 500' },
    'The webhook to a.test was turned off: it answered 500',
  ],
  [
    'document_edited',
    {
      documents: [
        {
          name: 'notes',
          by: [
            { id: 'ada', name: 'Ada' },
            { id: 'ben', name: 'Ben' },
          ],
        },
        { name: 'plan', by: [{ id: 'agent:owl', name: 'Owl' }] },
      ],
    },
    'Ada, Ben edited notes; Owl edited plan',
  ],
])('[N4] %s %j in one line', (type, data, line) => {
  expect(builtinEvents.get(type)?.summary({ type, data })).toBe(line)
})
