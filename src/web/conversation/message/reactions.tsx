import type { Channel, Entry } from '../../../client/client.ts'
import { list } from '../../words/format.ts'
import { t } from '../../words/words.ts'

const maxShown = 30 // different emojis below a message: there are thousands, and anybody can add them
const maxNames = 50 // of those who reacted with one

/** The reactions to a message, and how many more there are. Pressing one adds the reader's own, or removes it. */
export function Reactions({ entry, channel }: { entry: Entry; channel: Channel }) {
  const me = channel.state.self?.id ?? ''
  const shown = entry.reactions.filter(({ users }, index) => index < maxShown || users.includes(me))
  const hidden = entry.reactions.length - shown.length
  return (
    <p className="reactions">
      {shown.map(({ emoji, users }) => {
        const isOwn = users.includes(me)
        const toggle = (): void => void channel.react(entry.seq, emoji, { remove: isOwn }).catch(() => {})
        return (
          <button key={emoji} type="button" aria-pressed={isOwn} onClick={toggle} title={namesOf(users)}>
            {emoji} {users.length}
          </button>
        )
      })}
      {hidden > 0 ? <span className="soft">{t('message.moreReactions', { count: hidden })}</span> : null}
    </p>
  )
}

function namesOf(users: readonly string[]): string {
  const names = list(users.slice(0, maxNames).map(displayName))
  const more = users.length - maxNames
  return more > 0 ? t('message.reactionNames', { names, count: more }) : names
}

const displayName = (id: string): string => id.replace(/^guest:/, '')
