import type { Author, Channel } from '../../client/client.ts'
import { useChannel, useTyping } from '../../client/react.ts'
import { DistinctName, DistinctNames } from '../people/distinct-name.tsx'
import { richList } from '../words/rich-list.ts'
import { rich, t } from '../words/words.ts'

/** The people who are typing, and those who have seen the reader's last message. */
export function TypingLine({ channel }: { channel: Channel }) {
  const { typing } = useTyping(channel)
  const isLive = useChannel(channel, state => state.connection.downSince === null)
  const seenBy = useSeenBy(channel)
  const authors = typing.map(({ user_id, user_name }) => person(user_id, user_name))
  return (
    <>
      <DistinctNames authors={authors}>
        <span>{isLive ? <TypingText authors={authors} /> : null}</span>
      </DistinctNames>
      <span>
        <SeenText authors={seenBy} />
      </span>
    </>
  )
}

function TypingText({ authors: [first, second, ...more] }: { authors: readonly Author[] }) {
  if (first === undefined) return null
  if (second === undefined) return rich('typing.one', { name: <DistinctName author={first} /> })
  const names = { first: <DistinctName author={first} />, second: <DistinctName author={second} /> }
  return more.length === 0 ? rich('typing.two', names) : rich('typing.more', { ...names, count: more.length })
}

function SeenText({ authors }: { authors: readonly Author[] }) {
  if (authors.length === 0) return null
  if (authors.length > 3) return t('typing.seenCount', { count: authors.length })
  return rich('typing.seen', {
    names: richList(authors.map(author => <DistinctName key={author.id} author={author} />)),
  })
}

const person = (id: string, name: string): Author => ({ id, name, kind: 'person' })

/** Returns the present members who have read the last message, if it is the reader's own. */
function useSeenBy(channel: Channel): Author[] {
  const reads = useChannel(channel, state => state.readBy)
  const members = useChannel(channel, state => state.members)
  const last = useChannel(channel, state => state.entries.at(-1))
  const me = useChannel(channel, state => state.self)
  if (last === undefined || me === null || last.author?.id !== me.id) return []
  return members
    .filter(({ id }) => id !== me.id && (reads.get(id) ?? 0) >= last.seq)
    .map(({ id, name }) => person(id, name))
}
