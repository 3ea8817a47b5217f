import { createContext, type ReactNode, useContext, useMemo } from 'react'
import type { Author, Channel } from '../../client/client.ts'
import { useAgents, useChannel } from '../../client/react.ts'
import { confusableNames, displayId } from './confusable-names.ts'

const ConfusableIds = createContext<ReadonlySet<string>>(new Set())

/** Finds the names that look alike among those present and the authors of loaded messages, for `DistinctName`. */
export function DistinctNamesProvider({ channel, children }: { channel: Channel; children: ReactNode }) {
  const entries = useChannel(channel, state => state.entries)
  const members = useChannel(channel, state => state.members)
  const agents = useAgents(channel)
  const idList = useMemo(() => {
    const authors = entries.flatMap(({ author }) => author ?? [])
    const present = members.map(({ id, name }) => ({ id, name, kind: 'person' as const }))
    const available = agents.map(({ id, name }) => ({ id, name, kind: 'agent' as const }))
    return [...confusableNames([...authors, ...present, ...available])].toSorted().join('\n')
  }, [entries, members, agents])
  const ids = useMemo(() => new Set(idList.split('\n')), [idList]) // the same set while its ids are the same
  return <ConfusableIds value={ids}>{children}</ConfusableIds>
}

/** A name, followed by its owner's id where it could be taken for somebody else's name. */
export function DistinctName({ author }: { author: Author }) {
  const isConfusable = useContext(ConfusableIds).has(author.id) && author.kind === 'person'
  return (
    <>
      <bdi className="name">{author.name}</bdi>
      {isConfusable ? (
        <bdi className="handle" title="Someone else has a name that looks like this one">
          {displayId(author.id)}
        </bdi>
      ) : null}
    </>
  )
}
