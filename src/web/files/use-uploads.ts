import { useSyncExternalStore } from 'react'
import type { Channel } from '../../client/client.ts'
import { useCaller } from '../lib/caller.ts'
import { withWords } from '../words/words.ts'
import type { Upload } from './upload.ts'

/** The files that the reader adds to a message. `isBusy`: some are on their way. */
export type Uploads = {
  list: readonly Upload[]
  isBusy: boolean
  /** Begins to upload a file; returns why not, or null. */
  add(file: File): Promise<string | null>
  remove(key: number): void
  set(list: readonly Upload[]): void
}

const lists = new Map<string, readonly Upload[]>() // by draft: like what is written, they outlive another circle
const listeners = new Set<() => void>()
const none: readonly Upload[] = []

/** Uploads files to a circle for the message of this draft. */
export function useUploads(channel: Channel, draftKey: string): Uploads {
  const caller = useCaller()
  const read = (): readonly Upload[] => lists.get(draftKey) ?? none
  const list = useSyncExternalStore(subscribe, read, () => none)
  const set = (next: readonly Upload[]): void => {
    lists.set(draftKey, next)
    for (const listener of listeners) listener()
  }
  return {
    list,
    isBusy: list.some(({ file, problem }) => file === null && problem === null),
    set,
    add: async file => (await withWords(() => import('./upload.ts'))).addUpload({ read, set, caller }, channel, file),
    remove: key => {
      list.find(upload => upload.key === key)?.stop()
      set(list.filter(upload => upload.key !== key))
    },
  }
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
