import type { CircleAccess, TurnMessage, TurnRequest } from '../../src/protocol/turns.ts'

export const at = '2026-11-21T09:00:00.000Z'

/** A person's message. */
export function aMessage(overrides: Partial<TurnMessage> = {}): TurnMessage {
  const author = { id: 'ada', name: 'Ada', kind: 'person' as const }
  return { seq: 1, at, author, trust: 'member', content: '@owl hello', ...overrides }
}

/** The request that an agent is called with, as it is on the wire. */
export function aRequest(overrides: Partial<TurnRequest> = {}): TurnRequest {
  return {
    turn: 'turn-1',
    attempt: 1,
    agent: 'owl',
    session_id: '00000000-0000-4000-8000-000000000001',
    channel: 'circle:dev-team',
    circle: { title: 'Dev team', status: 'active' },
    asked: aMessage(),
    history: [],
    members: [{ id: 'ada', name: 'Ada', kind: 'person' }],
    decisions: [],
    settings: {},
    now: at,
    ...overrides,
  }
}

const refuse = () => Promise.reject(new Error('this circle keeps no log'))

/** Access to a circle in which an agent can do nothing. */
export const noCircle: CircleAccess = {
  search: refuse,
  lines: refuse,
  remind: refuse,
  reminders: refuse,
  forget: refuse,
}
