import { TurnManager } from './answers/answers.ts'
import { DigestQueue } from './digests/digests.ts'
import { Invitations } from './invitations.ts'
import { MessageView } from './lines.ts'
import { DirectoryEntryState } from './listing.ts'
import { EventLog } from './log.ts'
import { MemberRoles } from './members.ts'
import type { EphemeralState } from './moment.ts'
import { RateLimiter } from './pace.ts'
import { memoryIdOf, type RoomContext, type RoomDeps } from './parts.ts'
import { Search } from './search.ts'
import { Settings } from './settings.ts'
import { WebhookQueue } from './webhooks/webhooks.ts'

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
