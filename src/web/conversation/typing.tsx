import { Fragment } from 'react'
import type { Author, Channel } from '../../client/client.ts'
import { useChannel, useTyping } from '../../client/react.ts'
import { DistinctName, DistinctNames } from '../people/distinct-name.tsx'

/** The people who are typing and those who have seen the reader's last message; the height is fixed. */
export function Typing({ channel }: { channel: Channel }) {
  const { typing } = useTyping(channel)
  const isLive = useChannel(channel, state => state.connection.downSince === null)
  const seenBy = useSeenBy(channel)
  const authors = typing.map(({ user_id, user_name }) => person(user_id, user_name))
  return (
    <p className="typing" aria-live="off">
      <DistinctNames authors={authors}>
        <span>{isLive ? <TypingText authors={authors} /> : null}</span>
      </DistinctNames>
      <span>
        <SeenText authors={seenBy} />
      </span>
    </p>
  )
}

function TypingText({ authors: [first, second, ...more] }: { authors: readonly Author[] }) {
  if (first === undefined) return null
  if (second === undefined) {
    return (
      <>
        <DistinctName author={first} /> is typing
      </>
    )
  }
  return (
    <>
      <DistinctName author={first} />
      {more.length === 0 ? ' and ' : ', '}
      <DistinctName author={second} />
      {more.length === 0 ? ' are typing' : ` and ${more.length} more are typing`}
    </>
  )
}

function SeenText({ authors }: { authors: readonly Author[] }) {
  if (authors.length === 0) return null
  if (authors.length > 3) return `Seen by ${authors.length} people`
  return (
    <>
      Seen by{' '}
      {authors.map((author, index) => (
        <Fragment key={author.id}>
          {index === 0 ? '' : ', '}
          <DistinctName author={author} />
        </Fragment>
      ))}
    </>
  )
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
