import type { Channel } from '../../client/client.ts'
import type { PageState } from '../layout/page-state.ts'
import type { Option } from './completion.ts'

type Command = {
  about: string
  /** Does it; gives a sentence for the one who asked, or null. */
  run(rest: string, channel: Channel, view: PageState): Promise<string | null>
}

const done = (work: Promise<void>): Promise<null> => work.then(() => null)

const commands = new Map<string, Command>([
  ['invite', { about: 'Copy the address of this circle', run: invite }],
  [
    'search',
    { about: 'Find lines', run: (_, __, view) => Promise.resolve(view.show({ kind: 'search' })).then(() => null) },
  ],
  [
    'title',
    { about: 'Name this circle: /title Our plans', run: (title, channel) => done(channel.configure({ title })) },
  ],
  ['agent', { about: 'Who answers by itself: /agent pickle, /agent none', run: setAgent }],
  ['pause', { about: 'Let the agents rest', run: (_, channel) => done(channel.configure({ status: 'paused' })) }],
  ['resume', { about: 'Wake the agents again', run: (_, channel) => done(channel.configure({ status: 'active' })) }],
  [
    'archive',
    { about: 'Close this circle for writing', run: (_, channel) => done(channel.configure({ status: 'archived' })) },
  ],
  [
    'settings',
    {
      about: 'Open the settings',
      run: (_, __, view) => Promise.resolve(view.show({ kind: 'settings' })).then(() => null),
    },
  ],
])

/** The commands as completions. */
export const commandOptions: Option[] = [...commands].map(([name, { about }]) => ({
  value: `/${name}`,
  label: name,
  about,
}))

/** Runs the text if it is a command; null if it is something to say. */
export function runCommand(text: string, channel: Channel, view: PageState): Promise<string | null> | null {
  const [, name = '', rest = ''] = /^\/([a-z]+)(?:\s+(.*))?$/s.exec(text) ?? []
  return commands.get(name)?.run(rest.trim(), channel, view) ?? null
}

async function invite(): Promise<string> {
  const address = `${location.origin}${location.pathname}`
  try {
    await navigator.clipboard.writeText(address)
    return 'The address is copied. Send it to whom you want here.'
  } catch {
    return `Send this address to whom you want here: ${address}` // copying is not allowed
  }
}

function setAgent(name: string, channel: Channel): Promise<null> {
  return done(channel.configure({ default_agent: name === 'none' || name === '' ? null : name.replace(/^@/, '') }))
}
