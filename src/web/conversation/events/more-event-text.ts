import type { EventData } from '../../../protocol/events/events.ts'
import { list, number } from '../../words/format.ts'
import { t } from '../../words/words.ts'
import { displayName, textFrom } from './event-text.ts'

const oneDigit = { minimumFractionDigits: 1, maximumFractionDigits: 1 }

/** Returns what an event of a workspace or a webhook says in one line. */
export const moreEventText = textFrom({
  file_created: data => fileText(data, 'created'),
  file_changed: data => fileText(data, 'changed'),
  file_deleted: data => fileText(data, 'deleted'),
  git_status: gitText,
  agent_activity: activityText,
  webhook_failed: ({ host, reason }) => t('event.webhook', { host, reason }),
})

function fileText({ path, by }: { path: string; by?: string | undefined }, change: string): string {
  return typeof by === 'string'
    ? t('event.fileBy', { path, name: displayName(by), change })
    : t('event.file', { path, change })
}

function gitText({ branch, ahead, behind, staged, changed, untracked, conflicted }: EventData<'git_status'>): string {
  const parts = [
    ['event.ahead', ahead],
    ['event.behind', behind],
    ['event.staged', staged.length],
    ['event.changed', changed.length],
    ['event.untracked', untracked.length],
    ['event.inConflict', conflicted.length],
  ] as const
  const counts = parts.filter(([, count]) => count > 0).map(([key, count]) => t(key, { count }))
  const changes = counts.length === 0 ? t('event.clean') : list(counts)
  return t('event.git', { branch: branch ?? t('event.noBranch'), changes })
}

/** Returns whether an agent's report does not say in which circle it was: the name stands for a private one. */
const isHidden = (channel: string): boolean => /:(private|~.*)$/.test(channel)

function activityText({ activity, channel, detail, duration_ms, usage }: EventData<'agent_activity'>): string {
  const turn = t('event.turn', { channel: isHidden(channel) ? t('event.privateCircle') : channel, activity })
  const took = duration_ms === undefined ? '' : t('event.took', { seconds: number(duration_ms / 1000, oneDigit) })
  const tokens = usage && t('message.tokens', { count: usage.input_tokens + usage.output_tokens })
  const facts = [took === '' ? turn : `${turn} ${took}`, ...(tokens === undefined ? [] : [tokens])]
  return detail === undefined ? list(facts) : t('event.filesBy', { name: list(facts), changes: detail })
}
