const quietMs = 3_000 // after the page has loaded: keeping it must not slow it

/**
 * Keeps the page on this device, so that a reload without a network shows it and what waits to be sent. A new release is
 * kept once the page of it has loaded.
 */
export function keepPage(): void {
  const register = (): void =>
    void setTimeout(() => {
      navigator.serviceWorker
        ?.register(`/sw.js?page=${releaseOf(document)}&words=${document.documentElement.lang.slice(0, 2)}`, {
          scope: '/',
        })
        .catch(() => {}) // it is forbidden here, or there is no network: the page works without it
    }, quietMs)
  if (document.readyState === 'complete') register()
  else addEventListener('load', register, { once: true })
}

/** The name of the page's script, which is another one in each release. */
const releaseOf = ({ scripts }: Document): string =>
  [...scripts].map(({ src }) => /\/assets\/([\w.-]+)\.js$/.exec(src)?.[1]).find(name => name !== undefined) ?? ''
