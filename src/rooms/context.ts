import type { ChannelName } from '../protocol/channels/channels.ts'
import type { EncodeContext } from '../protocol/dialects/dialect.ts'
import type { NewIds } from './commands/new-ids.ts'
import { Components } from './component.ts'
import type { RoomDeps, RoomSetup } from './deps.ts'
import { EventLog } from './log/event-log.ts'
import { MessageView } from './log/messages.ts'
import { Reactions } from './log/reactions.ts'
import { Replays } from './log/replay.ts'
import { Search } from './log/search.ts'
import { Invitations } from './members/invitations.ts'
import { MemberRoles } from './members/member-roles.ts'
import { Settings } from './members/settings.ts'
import { mayBeHere, mayWrite } from './members/standing.ts'
import { AnswerPace } from './sessions/answer-pace.ts'
import { BurstQueue, type ReceiveFrame } from './sessions/burst-queue.ts'
import { EphemeralQueue, type RunEphemeral } from './sessions/ephemeral-queue.ts'
import type { EphemeralSnapshot } from './sessions/ephemeral-state.ts'
import { EphemeralState } from './sessions/ephemeral-state.ts'
import type { Presence } from './sessions/presence.ts'
import { RateLimiter } from './sessions/rate-limit.ts'
import type { Session, SessionId } from './sessions/session.ts'
import { type EndSession, SessionTimeouts } from './sessions/timeouts.ts'
import type { Typing } from './sessions/typing.ts'
import { memoryIdOf } from './turns/memory-id.ts'
import { TurnManager } from './turns/turn-manager.ts'

/** What a room is made of; commands and components work on it. */
export type RoomContext = RoomDeps &
  RoomSetup & {
    channelName: ChannelName
    encodeContext: EncodeContext // what a dialect may know of this channel
    instance: string // of the room in memory: another after every wake-up, the same while it lives
    log: EventLog
    newIds: NewIds | null // of frames that came together, while they are handled
    messages: MessageView
    settings: Settings
    members: MemberRoles
    invitations: Invitations
    rateLimiter: RateLimiter
    answerPace: AnswerPace
    search: Search
    reactions: Reactions
    sessions: Map<SessionId, Session>
    touched: Set<Session> // sessions that differ from their attachments
    components: Components // of which these are always there:
    timeouts: SessionTimeouts
    turns: TurnManager
    replays: Replays
    bursts: BurstQueue
    ephemeralQueue: EphemeralQueue
    ephemeral: EphemeralState
    presence: Presence
    typing: Typing
  }

/** What was found on the sockets of the last instance, and how a session is ended. */
type Origin = {
  snapshots: readonly EphemeralSnapshot[]
  end: EndSession
  receive: ReceiveFrame
  runEphemeral: RunEphemeral
}

/** Opens everything a room works on, on its storage. Sessions and other components come afterwards. */
export function createRoomContext(setup: RoomSetup & RoomDeps, origin: Origin): RoomContext {
  const { snapshots, end, receive, runEphemeral } = origin
  const { sql, kind, name, newId, limits, probe, openedAt, events } = setup
  const channelName = `${kind.kind}:${name}` as const
  const log = new EventLog(sql)
  const messages = new MessageView(sql)
  const settings = new Settings(sql, kind, name, newId)
  const sessions = new Map<SessionId, Session>()
  const touched = new Set<Session>()
  const components = new Components()
  const timeouts = components.add(changed => new SessionTimeouts({ probe, sessions, end }, changed))
  const ephemeral = new EphemeralState(snapshots)
  const { presence, typing } = ephemeral
  const members = new MemberRoles(sql)
  const standing = { ...setup, settings, components, members, presence, sessions }
  const rights = {
    mayBeHere: (user: string) => mayBeHere(standing, user),
    mayWrite: (user: string) => mayWrite(standing, user),
  }
  const turns = components.add(
    changed => new TurnManager({ ...setup, components, log, messages, settings, presence, rights }, changed),
  )
  const replays = components.add(changed => new Replays({ log, probe, openedAt, touched }, changed))
  components.add(changed => ephemeral.start(changed))
  const rateLimiter = new RateLimiter(limits)
  const bursts = components.add(changed => new BurstQueue({ limits, rateLimiter, receive }, changed))
  const ephemeralQueue = components.add(changed => new EphemeralQueue({ limits, touched, run: runEphemeral }, changed))
  return {
    ...setup,
    channelName,
    encodeContext: {
      channel: channelName,
      events: setup.events,
      wrappings: setup.wrappings,
      sessionId: (user, source) => memoryIdOf(settings, user, source),
    },
    instance: newId(),
    log,
    newIds: null,
    messages,
    settings,
    members,
    invitations: new Invitations(sql),
    rateLimiter,
    answerPace: new AnswerPace(),
    search: new Search(sql, events),
    reactions: new Reactions(sql),
    sessions,
    touched,
    components,
    timeouts,
    turns,
    replays,
    bursts,
    ephemeralQueue,
    ephemeral,
    presence,
    typing,
  }
}
