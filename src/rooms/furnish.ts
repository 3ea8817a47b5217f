import { Answers } from './answers/answers.ts'
import { Digests } from './digests/digests.ts'
import { Invitations } from './invitations.ts'
import { Lines } from './lines.ts'
import { ListingState } from './listing.ts'
import { Log } from './log.ts'
import { Members } from './members.ts'
import type { Moment } from './moment.ts'
import { Pace } from './pace.ts'
import { type Given, type Parts, sessionIdOf } from './parts.ts'
import { Search } from './search.ts'
import { Settings } from './settings.ts'
import { Webhooks } from './webhooks/webhooks.ts'

/** Everything a room works on, opened on its storage. The sessions come in afterwards. */
export function furnish(given: Given, moment: Moment): Parts {
  const { sql, channel, name, newId } = given
  const channelName = `${channel.kind}:${name}` as const
  const log = new Log(sql)
  const lines = new Lines(sql)
  const settings = new Settings(sql, channel, name, newId)
  return {
    ...given,
    channelName,
    around: { channel: channelName, sessionId: (user, source) => sessionIdOf(settings, user, source) },
    instance: newId(),
    log,
    lines,
    settings,
    members: new Members(sql),
    invitations: new Invitations(sql),
    presence: moment.presence,
    typing: moment.typing,
    digests: new Digests({ sql, log, settings, name }),
    pace: new Pace(given.limits),
    answers: new Answers({ ...given, log, lines, settings, presence: moment.presence }),
    search: new Search(sql),
    webhooks: new Webhooks(sql, log, channelName, settings.epoch),
    listing: new ListingState(given, settings),
    sessions: new Map(),
    touched: new Set(),
  }
}
