import type { Channel } from '../../client/client.ts'
import { notesPanel, type PageState, type Panel } from '../layout/page-state.ts'
import { copyText } from '../lib/copy-text.ts'
import { nameOf } from '../lib/kinds.ts'
import { loadIdentity } from '../nav/identity.ts'
import { createInvitation } from '../nav/invitation.ts'
import { channelPath } from '../nav/route.ts'
import { type PlainKey, t } from '../words/words.ts'
import type { Option } from './completion.ts'

type Command = {
  description: PlainKey
  /** Runs the command; resolves with a sentence for the reader, or null. */
  run(rest: string, channel: Channel, page: Pick<PageState, 'show'>): Promise<string | null>
}

const quietly = (work: Promise<void>): Promise<null> => work.then(() => null)

const commands = new Map<string, Command>([
  ['invite', { description: 'commands.invite', run: invite }],
  ['search', { description: 'commands.search', run: (_, __, page) => open(page, { kind: 'search' }) }],
  [
    'title',
    {
      description: 'commands.title',
      run: (title, channel) => quietly(channel.configure({ title })),
    },
  ],
  ['agent', { description: 'commands.agent', run: setAgent }],
  [
    'pause',
    {
      description: 'commands.pause',
      run: (_, channel) => quietly(channel.configure({ status: 'paused' })),
    },
  ],
  [
    'resume',
    {
      description: 'commands.resume',
      run: (_, channel) => quietly(channel.configure({ status: 'active' })),
    },
  ],
  [
    'archive',
    {
      description: 'commands.archive',
      run: (_, channel) => quietly(channel.configure({ status: 'archived' })),
    },
  ],
  ['notes', { description: 'commands.notes', run: (_, __, page) => open(page, notesPanel) }],
  ['settings', { description: 'commands.settings', run: (_, __, page) => open(page, { kind: 'settings' }) }],
])

let options: readonly Option[] | null = null

/** The commands as completions: the same list each time, made once its words are there. */
export function commandOptions(): readonly Option[] {
  options ??= [...commands].map(([name, { description }]) => ({
    value: `/${name}`,
    label: name,
    description: t(description),
  }))
  return options
}

/** Returns a sentence for the writer if the text looks like a command that does not exist, or null. */
export function describeMistake(text: string): string | null {
  const [, name] = /^\/([a-z]+)(?:\s|$)/i.exec(text) ?? []
  if (name === undefined || commands.has(name)) return null
  return t('commands.unknown', { name })
}

/** Runs the text as a command, or returns null if it is a message. */
export function runCommand(
  text: string,
  channel: Channel,
  page: Pick<PageState, 'show'>,
): Promise<string | null> | null {
  const [, name = '', rest = ''] = /^\/([a-z]+)(?:\s+(.*))?$/s.exec(text) ?? []
  return commands.get(name)?.run(rest.trim(), channel, page) ?? null
}

async function open(page: Pick<PageState, 'show'>, panel: Panel): Promise<null> {
  page.show(panel)
  return null
}

/** In a private circle the address of the page leads nobody in: there it is an invitation for one person. */
async function invite(_: string, channel: Channel): Promise<string> {
  const identity = loadIdentity()
  const name = nameOf(channel.name)
  if (channel.state.circle?.visibility === 'private' && identity !== null) {
    const address = await createInvitation(identity, name)
    const isCopied = await copyText(address)
    return isCopied ? t('commands.invitationCopied') : t('commands.sendInvitation', { address })
  }
  const address = `${location.origin}${channelPath('circle', name)}`
  const isCopied = await copyText(address)
  return isCopied ? t('commands.addressCopied') : t('commands.sendAddress', { address })
}

function setAgent(name: string, channel: Channel): Promise<null> {
  return quietly(channel.configure({ default_agent: name === 'none' || name === '' ? null : name.replace(/^@/, '') }))
}
