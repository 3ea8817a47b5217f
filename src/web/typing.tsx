import type { Channel } from '../client/client.ts'
import { useTyping } from '../client/react.ts'

/** Who is typing. The line is always there, so that nothing moves. */
export function Typing({ channel }: { channel: Channel }) {
  const { typing } = useTyping(channel)
  const names = typing.map(({ user_name }) => user_name)
  return (
    <p className="typing" aria-live="off">
      {sentence(names)}
    </p>
  )
}

function sentence(names: string[]): string {
  const [one, two, ...more] = names
  if (one === undefined) return ''
  if (two === undefined) return `${one} is typing`
  return more.length === 0 ? `${one} and ${two} are typing` : `${one}, ${two} and ${more.length} more are typing`
}
