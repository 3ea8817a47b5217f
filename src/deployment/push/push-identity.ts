import type { Env } from '../../env.ts'
import type { PushIdentity } from '../../rpc/push.ts'
import { inboxStub } from '../../stubs.ts'
import { newPushIdentity } from './push-keys.ts'

const keeper = 'system:push' // an inbox that is nobody's: no user has such an id

/** The key pair of a deployment. Whoever asks first makes it; of two that ask at once, the first counts. */
export async function pushIdentityOf(env: Env): Promise<PushIdentity> {
  const inbox = inboxStub(env, keeper)
  if (inbox === null) throw new Error('expected the binding INBOXES, got none')
  return (await inbox.pushIdentity()) ?? inbox.keepPushIdentity(await newPushIdentity())
}
