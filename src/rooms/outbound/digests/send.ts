import type { Env } from '../../../env.ts'
import { createLogger, logFaultRecord } from '../../../lib/logger.ts'
import type { Effect } from '../../effects.ts'
import type { ChannelObjectBase } from '../../object/channel-object-base.ts'
import type { DigestQueue } from './queue.ts'

/** Carries a digest to a circle's object, and what it says back to the one who owes it. */
export async function sendDigest(
  env: Env,
  { circle, digest }: Extract<Effect, { do: 'digest' }>,
  answer: (act: (digests: DigestQueue) => Effect[]) => void,
): Promise<void> {
  try {
    const object = env.CIRCLES.getByName(circle) as unknown as Pick<ChannelObjectBase, 'hearDigest'>
    const heard = await object.hearDigest(digest)
    if (heard === 'failed') throw new Error('the circle could not store it')
    answer(digests => digests.heard(circle, heard))
  } catch (error) {
    createLogger(env.LOG, console)(
      logFaultRecord('digest', error, { channel: `workspace:${digest.workspace}` }),
      Date.now(),
    )
    answer(digests => digests.failed(circle, Date.now()))
  }
}
