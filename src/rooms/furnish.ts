import { memoryIdOf, type RoomContext, type RoomDeps } from './context.ts'
import { EventLog } from './log/event-log.ts'
import { MessageView } from './log/messages.ts'
import { Search } from './log/search.ts'
import { Invitations } from './members/invitations.ts'
import { MemberRoles } from './members/member-roles.ts'
import { Settings } from './members/settings.ts'
import { DigestQueue } from './outbound/digests/queue.ts'
import { DirectoryEntryState } from './outbound/directory-entry.ts'
import { WebhookQueue } from './outbound/webhooks/queue.ts'
import type { EphemeralState } from './sessions/ephemeral-state.ts'
import { RateLimiter } from './sessions/rate-limit.ts'
import { TurnManager } from './turns/turn-manager.ts'

/** Everything a room works on, opened on its storage. The sessions come in afterwards. */
export function createRoomContext(given: RoomDeps, moment: EphemeralState): RoomContext {
  const { sql, channel, name, newId } = given
  const channelName = `${channel.kind}:${name}` as const
  const log = new EventLog(sql)
  const lines = new MessageView(sql)
  const settings = new Settings(sql, channel, name, newId)
  return {
    ...given,
    channelName,
    around: { channel: channelName, sessionId: (user, source) => memoryIdOf(settings, user, source) },
    instance: newId(),
    log,
    lines,
    settings,
    members: new MemberRoles(sql),
    invitations: new Invitations(sql),
    presence: moment.presence,
    typing: moment.typing,
    digests: new DigestQueue({ sql, log, settings, name }),
    pace: new RateLimiter(given.limits),
    answers: new TurnManager({ ...given, log, lines, settings, presence: moment.presence }),
    search: new Search(sql),
    webhooks: new WebhookQueue(sql, log, channelName, settings.epoch),
    listing: new DirectoryEntryState(given, settings),
    sessions: new Map(),
    touched: new Set(),
  }
}
