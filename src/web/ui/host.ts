import { type ComponentType, createContext, type ReactNode, useContext } from 'react'
import type { Author, Channel } from '../../client/client.ts'

/** What a link of the components is given. */
export type LinkProps = { href: string; className?: string; title?: string; children: ReactNode }

/** Where the components may lead a reader; null, or none: a text without a link. */
export type Paths = {
  channel?(channel: string): string | null // `agent:pickle` for example, as on the wire
  message?(channel: string, seq: number): string | null
  document?(channel: string, name: string): string | null
}

/** Whom an avatar and a name stand for, and where. `tabIndex`: -1 where arrow keys lead to it. */
export type AuthorProps = { author: Author; channel: Channel; tabIndex?: number; children: ReactNode }

/** What the components take from the app around them. All of it has a default. */
export type Host = {
  paths?: Paths
  /** Draws a link, as the router of the app has them. Default: a plain one. */
  Link?: ComponentType<LinkProps>
  /** Stands above the first message of a channel. */
  Beginning?: ComponentType<{ channel: Channel }>
  /** Is around the avatar and the name of a person or an agent, at a message and in the list of people. */
  Author?: ComponentType<AuthorProps>
  /** Stands beside a person (`guest:ada`) or an agent (`agent:pickle`) in the list of people. */
  PersonActions?: ComponentType<{ channel: Channel; user: string; name: string }>
}

const nothing = (): null => null

const asItIs = ({ children }: AuthorProps): ReactNode => children

const HostContext = createContext<Host>({})

/** Provides what the components below take from the app around them. */
export const HostProvider = HostContext.Provider

/** Returns what the components take from the app around them, and nothing where it gives none. */
export function useHost() {
  const {
    paths = {},
    Link = 'a',
    Beginning = nothing,
    Author = asItIs,
    PersonActions = nothing,
  } = useContext(HostContext)
  return { paths, Link, Beginning, Author, PersonActions }
}
