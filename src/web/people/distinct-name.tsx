import { createContext, type ReactNode, useContext, useMemo } from 'react'
import type { Author, Channel } from '../../client/client.ts'
import { useAgents, useChannel } from '../../client/react.ts'
import { confusableNames, displayId } from './confusable-names.ts'

const Namesakes = createContext<ReadonlySet<string>>(new Set())

/** Knows, for what is below, whose names could be mistaken in this channel: of those who are here and who spoke. */
export function DistinctNames({ channel, children }: { channel: Channel; children: ReactNode }) {
  const entries = useChannel(channel, state => state.entries)
  const members = useChannel(channel, state => state.members)
  const agents = useAgents(channel)
  const known = useMemo(() => {
    const authors = entries.flatMap(({ author }) => author ?? [])
    const here = members.map(({ id, name }) => ({ id, name, kind: 'person' as const }))
    const asked = agents.map(({ id, name }) => ({ id, name, kind: 'agent' as const }))
    return [...confusableNames([...authors, ...here, ...asked])].toSorted().join('\n')
  }, [entries, members, agents])
  const ids = useMemo(() => new Set(known.split('\n')), [known]) // the same set while the same are in it
  return <Namesakes value={ids}>{children}</Namesakes>
}

/** A name; with the id of its owner where it could be taken for somebody else's. */
export function DistinctName({ author }: { author: Author }) {
  const isAlike = useContext(Namesakes).has(author.id) && author.kind === 'person'
  return (
    <>
      <bdi className="name">{author.name}</bdi>
      {isAlike ? (
        <bdi className="handle" title="Somebody else has a name that looks like this one">
          {displayId(author.id)}
        </bdi>
      ) : null}
    </>
  )
}
