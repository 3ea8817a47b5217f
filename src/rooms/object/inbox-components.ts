import { createLogger, faultRecord } from '../../lib/logger.ts'
import { directoryStub, inboxStub } from '../../stubs.ts'
import type { TryResult } from '../log/log-follower.ts'
import { type ActivityPorts, InboxActivity, inboxActivity } from '../outbound/inbox/activity.ts'
import type { Addressed } from '../outbound/inbox/addressees.ts'
import { InboxFeed, inboxFeed } from '../outbound/inbox/feed.ts'
import { readers } from '../outbound/inbox/readers.ts'
import type { ComponentDefinition } from '../tables.ts'
import type { ComponentPorts } from './components.ts'

/** Tells people of what is for them, and keeps how far they have read; nothing without inboxes. */
export function inboxComponents(ports: ComponentPorts): ComponentDefinition[] {
  const { env, background, runIfExists } = ports
  if (env.INBOXES === undefined) return []
  const send = async (seq: number, addressed: readonly Addressed[]) => {
    const result = await deliver(ports, addressed)
    runIfExists((room, now) => room.run(({ components }) => components.get(InboxFeed).finished(seq, result, now), now))
  }
  return [readers, inboxFeed((seq, addressed) => background.run(send(seq, addressed))), activityOf(ports)]
}

/** What is not told is told again: the next visit, and the next event after a minute. */
function activityOf({ env, channel, background, runIfExists }: ComponentPorts): ComponentDefinition {
  const visited = async (user: string) => {
    await inboxStub(env, user)?.deliver({ channel, visited: true })
    runIfExists((room, now) => room.run(({ components }) => components.get(InboxActivity).visitTold(user), now))
  }
  const ports: ActivityPorts = {
    isActive: () =>
      background.run(
        directoryStub(env)
          .noteActivity(channel)
          .catch(() => {}),
      ),
    visited: user => background.run(visited(user).catch(() => {})),
  }
  return inboxActivity(ports)
}

/** One that fails fails all of this event: they are sent again, and an inbox keeps each once. */
async function deliver({ env, channel }: ComponentPorts, addressed: readonly Addressed[]): Promise<TryResult> {
  try {
    await Promise.all(addressed.map(({ user, news }) => inboxStub(env, user)?.deliver(news)))
    return { ok: true }
  } catch (error) {
    createLogger(env.LOG, console)(faultRecord('inbox', error, { channel }), Date.now())
    return { ok: false, error: String(error), gone: false }
  }
}
