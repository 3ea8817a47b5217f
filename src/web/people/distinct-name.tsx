import { createContext, type ReactNode, useCallback, useContext, useMemo } from 'react'
import type { Author, Channel, Entry } from '../../client/client.ts'
import { OnDemand } from '../../client/on-demand.ts'
import { useAgents, useChannel } from '../../client/react.ts'
import { useOnDemand } from '../lib/use-on-demand.ts'
import { t } from '../words/words.ts'
import { confusableNames, displayId, isBeyondAscii, type Letters, plainLetters } from './confusable-names.ts'

const Known = createContext<readonly Author[]>([])
const KnownNames = createContext<readonly string[]>([])
const Confusable = createContext<{ ids: ReadonlySet<string>; letters: Letters }>({
  ids: new Set(),
  letters: plainLetters,
})

/** Loads what letters of all scripts look like, for names that are not in ASCII. */
export const letterTwins = new OnDemand(() => import('./letter-twins.ts'))

/** Finds the names that look alike among those present, authors and those who decided, for `DistinctName`. */
export function DistinctNamesProvider({ channel, children }: { channel: Channel; children: ReactNode }) {
  const entries = useChannel(channel, state => state.entries)
  const members = useChannel(channel, state => state.members)
  const agents = useAgents(channel)
  const authors = useMemo(() => {
    const present = members.map(({ id, name }) => ({ id, name, kind: 'person' as const }))
    const available = agents.map(({ id, name }) => ({ id, name, kind: 'agent' as const }))
    const named = entries.flatMap(({ author, decision }) => author ?? deciderOf(decision) ?? [])
    return [...named, ...present, ...available]
  }, [entries, members, agents])
  return <DistinctNames authors={authors}>{children}</DistinctNames>
}

/** Returns who decided on a request, or null: nobody did, or there is no name of that time. */
export function deciderOf(decision: Entry['decision']): Author | null {
  const { user_id: id = null, user_name: name } = decision ?? {}
  return id === null || name === undefined ? null : { id, name, kind: 'person' }
}

/** Adds names to those that are compared, for what is shown within it and may name others: a list from the server. */
export function DistinctNames({ authors, children }: { authors: readonly Author[]; children: ReactNode }) {
  const others = useContext(Known)
  const list = useMemo(() => `[${[...new Set([...others, ...authors].map(asJson))].join()}]`, [others, authors])
  // The same while its authors are the same: most messages are by somebody who is known.
  const all = useMemo(() => JSON.parse(list) as readonly Author[], [list])
  const isForeign = useMemo(() => all.some(({ name, id }) => isBeyondAscii(name) || isBeyondAscii(id)), [all])
  const letters = useOnDemand(letterTwins, isForeign)?.letters ?? plainLetters
  const idList = useMemo(() => [...confusableNames(all, letters)].toSorted().join('\n'), [all, letters])
  // The same while its ids are the same.
  const confusable = useMemo(() => ({ ids: new Set(idList.split('\n')), letters }), [idList, letters])
  const nameList = useMemo(() => [...new Set(all.map(({ name }) => name))].toSorted().join('\n'), [all])
  const names = useMemo(() => nameList.split('\n'), [nameList])
  return (
    <Known.Provider value={all}>
      <KnownNames.Provider value={names}>
        <Confusable.Provider value={confusable}>{children}</Confusable.Provider>
      </KnownNames.Provider>
    </Known.Provider>
  )
}

/** A name, followed by its owner's id where it could be taken for somebody else's name. */
export function DistinctName({ author }: { author: Author }) {
  const handle = useHandle()(author)
  return (
    <>
      <bdi className="name">{author.name}</bdi>
      {handle === null ? null : (
        <bdi className="handle" title={t('message.alike')}>
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
  const { ids, letters } = useContext(Confusable)
  return useCallback(
    ({ id, kind }) => (kind === 'person' && ids.has(id) ? displayId(id, letters) : null),
    [ids, letters],
  )
}

/** Returns the names of everybody who is known here: the same array until one is added or goes. */
export const useKnownNames = (): readonly string[] => useContext(KnownNames)

const asJson = ({ kind, id, name }: Author): string => JSON.stringify({ kind, id, name })
