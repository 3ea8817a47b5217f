import { createContext, type ReactNode, useCallback, useContext, useMemo } from 'react'
import type { Author, Channel } from '../../client/client.ts'
import { useAgents, useChannel } from '../../client/react.ts'
import { confusableNames, displayId } from './confusable-names.ts'

const Known = createContext<readonly Author[]>([])
const KnownNames = createContext<readonly string[]>([])
const ConfusableIds = createContext<ReadonlySet<string>>(new Set())

/** Finds the names that look alike among those present and the authors of loaded messages, for `DistinctName`. */
export function DistinctNamesProvider({ channel, children }: { channel: Channel; children: ReactNode }) {
  const entries = useChannel(channel, state => state.entries)
  const members = useChannel(channel, state => state.members)
  const agents = useAgents(channel)
  const authors = useMemo(() => {
    const present = members.map(({ id, name }) => ({ id, name, kind: 'person' as const }))
    const available = agents.map(({ id, name }) => ({ id, name, kind: 'agent' as const }))
    return [...entries.flatMap(({ author }) => author ?? []), ...present, ...available]
  }, [entries, members, agents])
  return <DistinctNames authors={authors}>{children}</DistinctNames>
}

/** Adds names to those that are compared, for what is shown within it and may name others: a list from the server. */
export function DistinctNames({ authors, children }: { authors: readonly Author[]; children: ReactNode }) {
  const others = useContext(Known)
  const all = useMemo(() => unique([...others, ...authors]), [others, authors])
  const idList = useMemo(() => [...confusableNames(all)].toSorted().join('\n'), [all])
  const ids = useMemo(() => new Set(idList.split('\n')), [idList]) // the same set while its ids are the same
  const nameList = useMemo(() => [...new Set(all.map(({ name }) => name))].toSorted().join('\n'), [all])
  const names = useMemo(() => nameList.split('\n'), [nameList])
  return (
    <Known value={all}>
      <KnownNames value={names}>
        <ConfusableIds value={ids}>{children}</ConfusableIds>
      </KnownNames>
    </Known>
  )
}

/** A name, followed by its owner's id where it could be taken for somebody else's name. */
export function DistinctName({ author }: { author: Author }) {
  const handle = useHandle()(author)
  return (
    <>
      <bdi className="name">{author.name}</bdi>
      {handle === null ? null : (
        <bdi className="handle" title="Someone else has a name that looks like this one">
          {handle}
        </bdi>
      )}
    </>
  )
}

/** Returns a function for the same in text, where there can be no elements: labels, and what is read out. */
export function useDistinctText(): (author: Author) => string {
  const handleOf = useHandle()
  return useCallback(
    author => {
      const handle = handleOf(author)
      return handle === null ? author.name : `${author.name} (${handle})`
    },
    [handleOf],
  )
}

/** Returns a function that returns the id to show beside a name, or null if the name is enough. */
export function useHandle(): (author: Author) => string | null {
  const ids = useContext(ConfusableIds)
  return useCallback(({ id, kind }) => (kind === 'person' && ids.has(id) ? displayId(id) : null), [ids])
}

/** Returns the names of everybody who is known here: the same array until one is added or goes. */
export const useKnownNames = (): readonly string[] => useContext(KnownNames)

const unique = (authors: readonly Author[]): Author[] => [
  ...new Map(authors.map(author => [JSON.stringify([author.kind, author.id, author.name]), author])).values(),
]
