import { NavLink } from '../nav/nav-link.tsx'
import { channelPath, documentPath, messagePath, parseDestination } from '../nav/route.ts'
import { AuthorButton } from '../people/author-button.tsx'
import { MessageButton } from '../people/message-button.tsx'
import type { Host } from '../ui/host.ts'
import { Beginning } from './beginning.tsx'

/** What the page gives to the components that others use as well: its addresses, and what only it has. */
export const pageHost: Host = {
  paths: {
    channel: pathOfChannel,
    message: messagePath,
    document: documentPath,
  },
  Link: NavLink,
  Beginning,
  Author: AuthorButton,
  PersonActions: MessageButton,
}

function pathOfChannel(channel: string): string | null {
  const to = parseDestination(channel.replace(/^circle:/, ''))
  return to === null ? null : channelPath(to.kind, to.name)
}
