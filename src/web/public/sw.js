// Keeps the page itself for a reload without a network: its document, scripts and styles. Nothing that anybody wrote goes
// in here, and every document is asked of the server first.

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

const addressesIn = text =>
  [...text.matchAll(/assets\/[\w.-]+\.(?:js|css)/g)].map(([path]) => `/${path}`).filter(isSpoken)

/** Only the words of the reader's language are kept; without it, all. */
function isSpoken(path) {
  const language = new URL(location.href).searchParams.get('words')
  const [, of] = /\/words-(\w\w)-/.exec(path) ?? []
  return of === undefined || language === null || of === language
}

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

// Notifications. A push says who has written, where and why; its text only if the server may show it.

const english = {
  mention: '{name} mentioned you',
  reply: '{name} replied in a thread',
  direct: '{name} wrote to you',
  approval: '{name} waits for your decision',
  failure: '{name} could not answer you',
  wrote: '{name} wrote',
  approve: 'Approve',
  reject: 'Reject',
}
const actions = ['approve', 'reject']

/** The words that the page has kept in the language of its reader. */
async function readWords() {
  try {
    const kept = await caches.match('/kept-words')
    return { ...english, ...(await kept?.json()) }
  } catch {
    return english // nothing can be kept here
  }
}

self.addEventListener('push', event => event.waitUntil(showPush(readPush(event.data))))

function readPush(data) {
  try {
    return data?.json() ?? null
  } catch {
    return null // it is not ours
  }
}

/** A browser takes away the right to push from a page that shows nothing. */
async function showPush(push) {
  if (push === null || typeof push.channel !== 'string') return self.registration.showNotification('Circles')
  const { channel, seq, kind, from, text = '', approval, to } = push
  const isPrivate = /^circle:(dm|chat)~/.test(channel)
  const place = isPrivate ? '' : ` · ${channel.replace(/^circle:/, '')}`
  const words = await readWords()
  const title = (words[kind] ?? words.wrote).replace('{name}', () => from)
  return self.registration.showNotification(`${title}${place}`, {
    body: text,
    tag: `${channel} ${seq}`,
    icon: '/icon-192.png',
    data: { person: to, path: pathOf(channel, seq), ...(approval && { approval: { channel, approval } }) },
    actions: approval ? actions.map(action => ({ action, title: words[action] })) : [],
  })
}

/** Only circles are in an inbox. */
function pathOf(channel, seq) {
  const name = channel.slice(channel.indexOf(':') + 1)
  return /^(dm|chat)~/.test(name) ? `/d/${name.replace(/^(dm|chat)~/, '')}/${seq}` : `/c/${name}/${seq}`
}

self.addEventListener('notificationclick', event => {
  event.notification.close()
  event.waitUntil(act(event.notification.data ?? {}, event.action))
})

/** A page that is open decides; where none is, this does it. If that is not possible, a page is opened at the request. */
async function act({ person, path = '/', approval }, action) {
  const pages = await self.clients.matchAll({ type: 'window' })
  const isDecided = approval !== undefined && actions.includes(action)
  if (pages.length === 0) {
    if (isDecided && (await decide(person, approval, action))) return undefined
    return self.clients.openWindow(path)
  }
  if (isDecided) {
    for (const page of pages) page.postMessage({ type: 'circles decide', person, path, ...approval, decision: action })
    return undefined
  }
  const [page] = pages
  page.postMessage({ type: 'circles open', person, path })
  return page.focus()
}

/** Decides with the token that the page has kept; false if there is none of this person, or the server refuses. */
async function decide(person, { channel, approval }, decision) {
  try {
    const kept = await (await caches.match('/kept-token'))?.json()
    if (kept?.person !== person) return false
    const [kind, name] = channel.split(':')
    const response = await fetch(`/api/channels/${kind}/${encodeURIComponent(name)}/commands/${decision}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${kept.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ approval }),
    })
    return response.ok
  } catch {
    return false // there is no network, or nothing can be kept here
  }
}
