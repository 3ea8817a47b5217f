/** The keys under which the page stores something on this device; the client's own begin with `circles http`. */
export const storageKeys = {
  identity: 'circles who',
  recent: 'circles recent',
  direct: 'circles direct',
  notify: 'circles notify',
  device: 'circles device',
  draft: 'circles draft',
  threads: 'circles threads',
  catchUp: 'circles catch up',
  last: 'circles last',
  left: 'circles left',
  people: 'circles people column',
  theme: 'circles theme',
  language: 'circles language',
  words: 'circles words',
  token: 'circles token',
} as const

const ofDevice: readonly string[] = [storageKeys.theme, storageKeys.people, storageKeys.language]

/** The name of the cache that holds the newest lines of channels. */
export const keptLines = 'circles lines'

/** Removes everything that the page and its client keep of a person, or of everybody; the theme and the language are the device's. */
export function forgetPerson(person: string | null): void {
  sessionStorage.removeItem(storageKeys.identity)
  for (const name of [keptLines, storageKeys.token]) void globalThis.caches?.delete(name).catch(() => {}) // storage is forbidden: then nothing was kept
  const isTheirs = (key: string): boolean => key.startsWith('circles ') && (person === null || key.includes(person))
  for (const key of Object.keys(localStorage)) {
    if (isTheirs(key) && !ofDevice.includes(key)) localStorage.removeItem(key)
  }
  void forgetDatabases(isTheirs).catch(() => {}) // it is forbidden here: then there are none
}

/** Empties the documents that were kept for the time without a network. Deleting them would wait for who has them open. */
async function forgetDatabases(isTheirs: (name: string) => boolean): Promise<void> {
  for (const { name = '' } of await indexedDB.databases()) {
    if (!isTheirs(name)) continue
    const opening = indexedDB.open(name)
    opening.onsuccess = () => {
      const database = opening.result
      const stores = [...database.objectStoreNames]
      const emptying = stores.length === 0 ? null : database.transaction(stores, 'readwrite')
      for (const store of stores) emptying?.objectStore(store).clear()
      database.close()
    }
  }
}
