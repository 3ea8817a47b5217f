import type { Env } from '../../env.ts'
import { fault, openLog } from '../../lib/log.ts'
import type { Effect } from '../effects.ts'
import type { RoomObject } from '../room-object.ts'
import type { Digests } from './digests.ts'

/** Carries a digest to a circle's object, and what it says back to the one who owes it. */
export async function carryDigest(
  env: Env,
  { circle, digest }: Extract<Effect, { do: 'digest' }>,
  answer: (act: (digests: Digests) => Effect[]) => void,
): Promise<void> {
  try {
    const object = env.CIRCLES.getByName(circle) as unknown as Pick<RoomObject, 'hearDigest'>
    const heard = await object.hearDigest(digest)
    if (heard === 'failed') throw new Error('the circle could not store it')
    answer(digests => digests.heard(circle, heard))
  } catch (error) {
    openLog(env.LOG, console)(fault('digest', error, { channel: `workspace:${digest.workspace}` }), Date.now())
    answer(digests => digests.failed(circle, Date.now()))
  }
}
