import { storageKeys } from '../lib/storage.ts'
import { t } from '../words/words.ts'

/** Keeps the words of notifications for the service worker, which shows them while no page is open. */
export async function keepWords(): Promise<void> {
  const name = '{name}' // the worker puts it in
  const words = {
    mention: t('inbox.mention', { name }),
    reply: t('inbox.reply', { name }),
    direct: t('inbox.direct', { name }),
    approval: t('inbox.approval', { name }),
    failure: t('inbox.failure', { name }),
    wrote: t('inbox.wrote', { name }),
    approve: t('request.approve'),
    reject: t('request.reject'),
  }
  const cache = await caches.open(storageKeys.words)
  await cache.put('/kept-words', Response.json(words))
}
