import type { Channel, Entry } from '../../../client/client.ts'

/** What can be picked; any other may come from elsewhere. */
export const palette = ['👍', '❤️', '😄', '🎉', '👀', '✅']

/** Who reacted with what. Pressing one adds yours, or takes it back. */
export function Reactions({ entry, channel }: { entry: Entry; channel: Channel }) {
  const me = channel.state.me?.id ?? ''
  if (entry.reactions.length === 0) return null
  return (
    <p className="reactions">
      {entry.reactions.map(({ emoji, users }) => {
        const mine = users.includes(me)
        const toggle = (): void => void channel.react(entry.seq, emoji, { remove: mine }).catch(() => {})
        return (
          <button key={emoji} type="button" aria-pressed={mine} onClick={toggle} title={users.map(nameOf).join(', ')}>
            {emoji} {users.length}
          </button>
        )
      })}
    </p>
  )
}

const nameOf = (id: string): string => id.replace(/^guest:/, '')
