import { createLogger, faultRecord } from '../../lib/logger.ts'
import { inboxStub } from '../../stubs.ts'
import type { TryResult } from '../log/log-follower.ts'
import type { Addressed } from '../outbound/inbox/addressees.ts'
import { InboxFeed, inboxFeed } from '../outbound/inbox/feed.ts'
import { readers } from '../outbound/inbox/readers.ts'
import type { ComponentDefinition } from '../tables.ts'
import type { ComponentPorts } from './components.ts'

/** Tells people of what is for them, and keeps how far they have read; nothing in direct chats, and without inboxes. */
export function inboxComponents(ports: ComponentPorts): ComponentDefinition[] {
  const { env, kind, name, background, runIfExists } = ports
  if (env.INBOXES === undefined || kind.isDirect(name)) return []
  const send = async (seq: number, addressed: readonly Addressed[]) => {
    const result = await deliver(ports, addressed)
    runIfExists((room, now) => room.run(({ components }) => components.get(InboxFeed).finished(seq, result, now), now))
  }
  return [readers, inboxFeed((seq, addressed) => background.run(send(seq, addressed)))]
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
