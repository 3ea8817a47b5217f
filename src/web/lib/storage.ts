/** The keys under which the page stores something on this device; the client's own begin with `circles http`. */
export const storageKeys = {
  identity: 'circles who',
  recent: 'circles recent',
  draft: 'circles draft',
  theme: 'circles theme',
} as const

/** Removes everything that the page and its client keep of a person; the theme is the device's. */
export function forgetPerson(): void {
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith('circles ') && key !== storageKeys.theme) localStorage.removeItem(key)
  }
}
