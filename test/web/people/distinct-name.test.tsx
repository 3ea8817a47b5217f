import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ReactElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { expect, test, vi } from 'vitest'
import type { Channel } from '../../../src/client/client.ts'
import type { EventFrame } from '../../../src/client/frames.ts'
import { type ChannelState, emptyState } from '../../../src/client/state/state.ts'
import { Timeline } from '../../../src/client/state/timeline.ts'
import { Message } from '../../../src/web/conversation/message/message.tsx'
import { entryRows } from '../../../src/web/conversation/rows.ts'
import { TypingLine } from '../../../src/web/conversation/typing-line.tsx'
import { Results } from '../../../src/web/panels/search.tsx'
import { DistinctNamesProvider, letterTwins } from '../../../src/web/people/distinct-name.tsx'
import { MemberList } from '../../../src/web/people/members.tsx'
import { People } from '../../../src/web/people/people.tsx'
import { ChatProvider } from '../../../src/web/ui/chat-provider.tsx'
import type { ChatActions } from '../../../src/web/ui/chat-state.ts'
import '../english.ts'

// What is rendered on a server shows the empty state; this shows the channel's.
vi.mock('react', async original => ({
  ...(await original<typeof import('react')>()),
  useSyncExternalStore: (_: unknown, read: () => unknown) => read(),
}))

await letterTwins.load() // a page loads them with the first name that is not in ASCII

const twin = { id: 'guest:mallory', name: 'Аda', kind: 'person' } as const // its first letter is Cyrillic
const ada = { id: 'guest:ada', name: 'Ada', kind: 'person' } as const
const bob = { id: 'guest:bob', name: 'Bob', kind: 'person' } as const
const members = [ada, bob].map(({ id, name }) => ({ id, name, role: 'member' as const, state: null, sessions: 1 }))

function message(seq: number, { id, name }: typeof ada | typeof twin): EventFrame {
  const data = { content: 'Hi', user_id: id, user_name: name, client_id: `c${seq}`, hop: 0 }
  const timestamp = new Date(0).toISOString()
  return { type: 'message', data, seq, id: `c${seq}`, timestamp, channel: 'circle:lobby' }
}

function channelOf(state: Partial<ChannelState>): Channel {
  const full = { ...emptyState, self: { ...ada, role: 'member' }, members, ...state } as unknown as ChannelState
  return { name: 'circle:lobby', state: full, subscribe: () => () => {} } as unknown as Channel
}

function entriesOf(...events: EventFrame[]) {
  const timeline = new Timeline()
  timeline.insert(events)
  return timeline.entries
}

/** Returns the text of what is rendered, with the ids that names are followed by in brackets. */
function show(channel: Channel, element: ReactElement): string {
  const html = renderToStaticMarkup(<DistinctNamesProvider channel={channel}>{element}</DistinctNamesProvider>)
  const marked = html.replace(/<bdi class="handle"[^>]*>(.*?)<\/bdi>/g, '[$1]')
  return marked.replace(/<option.*?<\/option>/g, '').replace(/<[^>]*>/g, '')
}

const messageOf = (channel: Channel): ReactElement => {
  const row = entryRows({ ...channel.state, firstUnread: null, older: 'some', trimmed: false }).at(-1)
  if (row?.kind !== 'message') throw new Error('expected a message')
  return <Message row={row} channel={channel} page={{} as ChatActions} isInThread={false} />
}

const seq = 9
const found = (author: typeof ada | typeof twin) => ({ seq, author, text: 'Hi', at: 0, ranges: [] })
const entry = ({ id, name }: typeof ada | typeof twin) => ({ id, name, role: 'member' as const, sessions: 0 })
const typing = [{ user_id: twin.id, user_name: twin.name, active: true }]
const twinMember = { id: twin.id, name: twin.name, role: 'member', state: null, sessions: 1 }
const seen = {
  entries: entriesOf(message(1, ada)),
  members: [...members, twinMember],
  readBy: new Map([[twin.id, 1]]),
} as unknown as Partial<ChannelState>
const typingState = {
  connection: { ...emptyState.connection, downSince: null },
  typing,
} as unknown as Partial<ChannelState>

// Each place where a name is shown, with the twin of somebody who is present.
const places: [string, Partial<ChannelState>, (channel: Channel) => ReactElement][] = [
  ['the author of a message', { entries: entriesOf(message(1, twin)) }, messageOf],
  [
    'who is here',
    seen,
    channel => (
      <ChatProvider channel={channel}>
        <People />
      </ChatProvider>
    ),
  ],
  ['who is typing', typingState, channel => <TypingLine channel={channel} />],
  ['who has seen a message', seen, channel => <TypingLine channel={channel} />],
  ['search results', {}, () => <Results results={[found(twin), found(ada)]} query="hi" onPick={() => {}} />],
  ['members', {}, () => <MemberList members={[entry(twin), entry(ada)]} onChange={null} />],
  ['members that can be changed', {}, () => <MemberList members={[entry(twin)]} onChange={() => {}} />],
]

test.each(places)('a name that looks like another one is followed by the id: %s', (_, state, element) => {
  const channel = channelOf(state)
  expect(show(channel, element(channel))).toContain('Аda[guest:mallory]')
  expect(show(channel, element(channel))).not.toMatch(/Bob\[/)
})

test('labels that are read out tell such names apart as well', () => {
  const channel = channelOf({ entries: entriesOf(message(1, twin)) })
  const html = (element: ReactElement) =>
    renderToStaticMarkup(<DistinctNamesProvider channel={channel}>{element}</DistinctNamesProvider>)
  expect(html(messageOf(channel))).toContain('aria-label="Аda (guest:mallory), ')
  expect(html(<MemberList members={[entry(twin)]} onChange={() => {}} />)).toContain('Role of Аda (guest:mallory)')
})

test('no file of the page shows a person’s name by itself', () => {
  const root = join(import.meta.dirname, '../../../src/web')
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(path => path.endsWith('.tsx'))
  const showing = files.filter(path =>
    /user_name|author\.name|author\?\.name/.test(readFileSync(join(root, path), 'utf8')),
  )
  const wrong = showing.filter(path => !/DistinctName|useDistinctText/.test(readFileSync(join(root, path), 'utf8')))
  expect(wrong).toEqual(['people/avatar.tsx']) // one letter of it
})
