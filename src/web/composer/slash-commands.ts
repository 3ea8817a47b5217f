import type { Channel } from '../../client/client.ts'
import type { PageState } from '../layout/page-state.ts'
import { loadIdentity } from '../nav/identity.ts'
import { createInvitation } from '../nav/invitation.ts'
import { nameOf } from '../nav/route.ts'
import type { Option } from './completion.ts'

type Command = {
  description: string
  /** Runs the command; resolves with a sentence for the reader, or null. */
  run(rest: string, channel: Channel, page: PageState): Promise<string | null>
}

const quietly = (work: Promise<void>): Promise<null> => work.then(() => null)

const commands = new Map<string, Command>([
  ['invite', { description: 'Copy an address to invite people with', run: invite }],
  ['search', { description: 'Search messages', run: (_, __, page) => open(page, 'search') }],
  [
    'title',
    {
      description: 'Set the title: /title Our plans',
      run: (title, channel) => quietly(channel.configure({ title })),
    },
  ],
  ['agent', { description: 'Choose the default agent: /agent pickle or /agent none', run: setAgent }],
  [
    'pause',
    {
      description: 'Let the agents wait until /resume',
      run: (_, channel) => quietly(channel.configure({ status: 'paused' })),
    },
  ],
  [
    'resume',
    {
      description: 'Let the agents reply again',
      run: (_, channel) => quietly(channel.configure({ status: 'active' })),
    },
  ],
  [
    'archive',
    {
      description: 'Make this circle read-only',
      run: (_, channel) => quietly(channel.configure({ status: 'archived' })),
    },
  ],
  ['notes', { description: 'Open the notes', run: (_, __, page) => open(page, 'notes') }],
  ['settings', { description: 'Open the settings', run: (_, __, page) => open(page, 'settings') }],
])

/** The commands as completions. */
export const commandOptions: Option[] = [...commands].map(([name, { description }]) => ({
  value: `/${name}`,
  label: name,
  description,
}))

/** Returns a sentence for the writer if the text looks like a command that does not exist, or null. */
export function describeMistake(text: string): string | null {
  const [, name] = /^\/([a-z]+)(?:\s|$)/i.exec(text) ?? []
  if (name === undefined || commands.has(name)) return null
  return `There is no command /${name}. Put a space before it to send it as a message.`
}

/** Runs the text as a command, or returns null if it is a message. */
export function runCommand(text: string, channel: Channel, page: PageState): Promise<string | null> | null {
  const [, name = '', rest = ''] = /^\/([a-z]+)(?:\s+(.*))?$/s.exec(text) ?? []
  return commands.get(name)?.run(rest.trim(), channel, page) ?? null
}

async function open(page: PageState, kind: 'search' | 'settings' | 'notes'): Promise<null> {
  page.show({ kind })
  return null
}

/** In a private circle the address of the page leads nobody in: there it is an invitation for one person. */
async function invite(_: string, channel: Channel): Promise<string> {
  const identity = loadIdentity()
  const name = nameOf(channel.name)
  if (channel.state.circle?.visibility === 'private' && identity !== null)
    return copied(await createInvitation(identity, name), 'The invitation was copied. It lets one person in.')
  const address = `${location.origin}${location.pathname}`
  return copied(address, 'The address was copied. Send it to the people you want to invite.')
}

async function copied(address: string, sentence: string): Promise<string> {
  try {
    await navigator.clipboard.writeText(address)
    return sentence
  } catch {
    return `Send this address to the people you want to invite: ${address}` // copying is not allowed
  }
}

function setAgent(name: string, channel: Channel): Promise<null> {
  return quietly(channel.configure({ default_agent: name === 'none' || name === '' ? null : name.replace(/^@/, '') }))
}
