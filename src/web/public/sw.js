// Keeps the page itself for a reload without a network: its document, scripts and styles. Nothing that anybody wrote and
// nothing of who the reader is goes in here, and every document is asked of the server first.

const name = 'circles page'
const shell = '/'
const fixed = ['/theme.js', '/icon.svg']

self.addEventListener('install', event => {
  self.skipWaiting()
  event.waitUntil(keepPage())
})

self.addEventListener('activate', event => event.waitUntil(self.clients.claim()))

self.addEventListener('fetch', event => {
  const { request } = event
  const { origin, pathname } = new URL(request.url)
  if (request.method !== 'GET' || origin !== location.origin) return
  if (request.mode === 'navigate') event.respondWith(fetch(request).catch(() => kept(shell)))
  else if (pathname.startsWith('/assets/') || fixed.includes(pathname)) event.respondWith(asset(request))
})

/** Keeps the page of this release, and nothing of an earlier one. */
async function keepPage() {
  const page = await fetch(shell, { cache: 'no-cache' })
  const html = await page.clone().text()
  if (!page.ok || !html.includes('id="root"')) return
  const found = new Set([...fixed, ...addressesIn(html)])
  for (const address of found) if (address.endsWith('.js')) for (const other of await imports(address)) found.add(other)
  await caches.delete(name)
  const cache = await caches.open(name)
  await cache.addAll([...found])
  await cache.put(shell, page)
}

const addressesIn = text => [...text.matchAll(/assets\/[\w.-]+\.(?:js|css)/g)].map(([path]) => `/${path}`)

/** The scripts and styles that a script loads later. */
async function imports(address) {
  const response = await fetch(address)
  return response.ok ? addressesIn(await response.text()) : []
}

/** An asset's name changes with its content, so a kept one is never old. */
async function asset(request) {
  const cache = await caches.open(name)
  const found = await cache.match(request)
  if (found !== undefined && new URL(request.url).pathname.startsWith('/assets/')) return found
  return fetch(request).catch(() => found ?? Response.error())
}

async function kept(address) {
  const cache = await caches.open(name)
  return (await cache.match(address)) ?? Response.error()
}
