import { type ReactNode, useMemo } from 'react'
import type { ClientOf } from '../../client/create-client.ts'
import { CirclesProvider } from '../../client/react.ts'
import { DefaultBeginning } from './default-beginning.tsx'
import { type Host, HostProvider } from './host.ts'
import { applyWords, english, type UiWords } from './words.ts'

/** What an app gives to the components: its client, and what of their defaults it replaces. */
export type UiProviderProps = Host & {
  client: ClientOf<{ readonly name: string }> // of `createClient`, whatever its types are
  /** One language for the whole page: what is set last is what all components say. Default: English. */
  words?: UiWords
  children: ReactNode
}

/** Provides the components below it, and the hooks of `circles-rooms/react`, with a client, words and what an app replaces. */
export function UiProvider({ client, words = english, children, ...host }: UiProviderProps): ReactNode {
  useMemo(() => applyWords(words), [words]) // before the components below are rendered
  const { paths, Link, Beginning = DefaultBeginning, Author, PersonActions } = host
  const value = useMemo(
    () => ({
      ...(paths && { paths }),
      ...(Link && { Link }),
      ...(Author && { Author }),
      ...(PersonActions && { PersonActions }),
      Beginning,
    }),
    [paths, Link, Beginning, Author, PersonActions],
  )
  return (
    <CirclesProvider client={client}>
      <HostProvider key={words.language} value={value}>
        {children}
      </HostProvider>
    </CirclesProvider>
  )
}
