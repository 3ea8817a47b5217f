// What agents and workspaces say in the pictures: frames that would need models, failures and hours otherwise.

type Frame = { type: string; data: object }

const inAnHour = (): string => new Date(Date.now() + 3_600_000).toISOString()

const prompt = (user: string, content: string, mentions: readonly string[] = []): Frame => ({
  type: 'message',
  data: { user_id: `guest:${user}`, user_name: user, content, mentions },
})

/** The frames of a channel whose log ends at `head`. */
export type Frames = (head: number) => { events?: readonly Frame[]; live?: readonly Frame[] }

/** Three turns at the same time: one writes, one uses a tool, one waits. */
export const agentsAtWork: Frames = head => {
  const status = (turn: string, agent_id: string, state: string, more: object = {}): Frame => ({
    type: 'agent_status',
    data: { turn, agent_id, in_reply_to: head + (turn === 't1' ? 1 : 2), state, attempt: 1, ...more },
  })
  const text = 'The page waits for a **random** time:\n\n- at least 0 s\n- at most 30 s'
  return {
    events: [
      prompt('Bob', 'Why do all clients reconnect at once, @pickle?'),
      prompt('Ada', '@pickle and @scribe, what does the page do then?'),
    ],
    live: [
      status('t1', 'pickle', 'thinking'),
      { type: 'agent_delta', data: { turn: 't1', agent_id: 'pickle', index: 0, text } },
      status('t2', 'scribe', 'tool', { tool: 'search' }),
      status('t3', 'pickle', 'queued', { attempt: 0 }),
    ],
  }
}

/** A turn that failed, and one that was stopped in the middle. */
export const failedAndStopped: Frames = head => ({
  events: [
    prompt('Ada', '@pickle how long does it take?'),
    {
      type: 'turn_failed',
      data: {
        turn: 'f1',
        agent_id: 'pickle',
        in_reply_to: head + 1,
        code: 'timeout',
        message: 'the model did not respond within 60 s',
        attempts: 3,
      },
    },
    prompt('Ada', '@scribe sum it up'),
    {
      type: 'agent_message',
      data: {
        turn: 'f2',
        agent_id: 'scribe',
        agent_name: 'Scribe',
        session_id: 's',
        in_reply_to: head + 3,
        content: 'So far: the release is on',
        stopped: true,
        usage: { input_tokens: 310, output_tokens: 40 },
      },
    },
  ],
})

const request = (approval: string, description: string, data: object): Frame => ({
  type: 'approval_requested',
  data: {
    approval,
    turn: `turn ${approval}`,
    agent_id: 'scribe',
    description,
    data,
    role: 'member',
    expires_at: inAnHour(),
  },
})

/** Requests for approval: decided, expired, and one that waits. */
export const approvals: Frames = () => ({
  events: [
    prompt('Bob', '@scribe please deploy it'),
    request('a1', 'Deploy 0.4.1 to staging?', { version: '0.4.1', target: 'staging' }),
    {
      type: 'approval_decided',
      data: { approval: 'a1', turn: 'turn a1', decision: 'approved', user_id: 'guest:Bob', note: 'go ahead' },
    },
    request('a2', 'Restart the workers?', { workers: 4 }),
    { type: 'approval_decided', data: { approval: 'a2', turn: 'turn a2', decision: 'expired', user_id: null } },
    request('a3', 'Deploy 0.4.2 to everybody?', { version: '0.4.2', target: 'production' }),
  ],
})

const diff =
  '--- a/src/retry.ts\n+++ b/src/retry.ts\n@@ -1,2 +1,2 @@\n-const ms = baseMs * 2 ** attempt\n+const ms = random() * baseMs * 2 ** attempt\n'

/** The changes of a workspace. */
export const workspaceChanges: Frames = () => ({
  events: [
    { type: 'file_created', data: { path: 'docs/retries.md', size: 812, by: 'guest:Ada' } },
    { type: 'file_created', data: { path: 'src/random.ts', size: 90, by: 'guest:Ada' } },
    {
      type: 'git_status',
      data: {
        branch: 'jitter',
        head: '4f2a91c',
        upstream: 'origin/jitter',
        ahead: 1,
        behind: 0,
        staged: ['src/random.ts'],
        changed: ['src/retry.ts'],
        untracked: ['docs/retries.md'],
        conflicted: [],
      },
    },
    { type: 'file_changed', data: { path: 'src/retry.ts', size: 1_204, by: 'guest:Bob', diff } },
    { type: 'file_deleted', data: { path: 'src/old-retry.ts', by: 'guest:Bob' } },
  ],
})

const people = ['Amira', 'Björn', 'Chen Wei', 'Grace Brewster Murray Hopper', 'Дарья', 'سارة', 'ליאור', 'さくら']

/** Forty people who come in. */
export const manyPeople: Frames = () => {
  const joined = people
    .flatMap(name => ['', ' K.', ' M.', ' S.', ' T.'].map(end => name + end))
    .map(name => ({ id: `guest:${name}`, name, kind: 'person', role: 'member' }))
  return { live: [{ type: 'presence', data: { joined, left: [], changed: [], count: joined.length + 1 } }] }
}
