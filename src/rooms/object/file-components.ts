import { createLogger, faultRecord } from '../../lib/logger.ts'
import { CircleFiles } from '../files/circle-files.ts'
import { circleFiles } from '../files/files.ts'
import { nothing } from '../outcome.ts'
import type { ComponentDefinition } from '../tables.ts'
import type { ComponentPorts } from './components.ts'

/** Lets circles keep files, if the deployment has the bucket `FILES`. */
export function fileComponents({ env, channel, background, runIfExists }: ComponentPorts): ComponentDefinition[] {
  const bucket = env.FILES
  if (bucket === undefined) return []
  const attempt = async (work: () => Promise<void>): Promise<boolean> => {
    try {
      await work()
      return true
    } catch (error) {
      createLogger(env.LOG, console)(faultRecord('files', error, { channel }), Date.now())
      return false
    }
  }
  const remove = async (ids: readonly string[], keys: readonly string[]) => {
    const isDone = await attempt(() => bucket.delete([...keys]))
    runIfExists((room, now) =>
      room.run(({ components }) => {
        components.get(CircleFiles).deleted(ids, isDone, now)
        return nothing
      }, now),
    )
  }
  return [
    circleFiles({
      remove: (ids, keys) => background.run(remove(ids, keys)),
      removeFolder: prefix => background.run(attempt(() => emptyFolder(bucket, prefix))),
    }),
  ]
}

async function emptyFolder(bucket: R2Bucket, prefix: string): Promise<void> {
  for (let more = true; more; ) {
    const { objects, truncated } = await bucket.list({ prefix })
    if (objects.length > 0) await bucket.delete(objects.map(({ key }) => key))
    more = truncated
  }
}
