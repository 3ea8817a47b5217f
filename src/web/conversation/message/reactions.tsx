import type { Channel, Entry } from '../../../client/client.ts'

/** The emojis to pick from; other clients may use any other. */
export const emojis = ['👍', '❤️', '😄', '🎉', '👀', '✅']

/** The reactions to a message. Pressing one adds the reader's own, or removes it. */
export function Reactions({ entry, channel }: { entry: Entry; channel: Channel }) {
  const me = channel.state.self?.id ?? ''
  if (entry.reactions.length === 0) return null
  return (
    <p className="reactions">
      {entry.reactions.map(({ emoji, users }) => {
        const isOwn = users.includes(me)
        const toggle = (): void => void channel.react(entry.seq, emoji, { remove: isOwn }).catch(() => {})
        return (
          <button
            key={emoji}
            type="button"
            aria-pressed={isOwn}
            onClick={toggle}
            title={users.map(displayName).join(', ')}
          >
            {emoji} {users.length}
          </button>
        )
      })}
    </p>
  )
}

const displayName = (id: string): string => id.replace(/^guest:/, '')
