import type { Channel, CirclesClient } from '../../client/client.ts'
import type { FrameOf } from '../../client/frames.ts'
import type { InboxItem } from '../../protocol/inbox.ts'
import { mentionedNames } from '../../protocol/mentions.ts'
import { type InboxStore, messageOf } from '../inbox/inbox-store.ts'
import { request } from '../lib/api.ts'
import { isPrivateChat, kindOf, nameOf } from '../lib/kinds.ts'
import { type Identity, personOf } from '../nav/identity.ts'
import { recentCircles } from '../nav/recent-circles.ts'
import { channelPath, messagePath, navigate } from '../nav/route.ts'
import { keepToken } from './keep-token.ts'
import { keepWords } from './keep-words.ts'
import { levelIn, showsPrivateTexts, takeLevels } from './levels.ts'
import { titleOf } from './notification-text.ts'
import { closeNotifications, showNotification } from './show-notification.ts'

/** What notifications are made from. `chats`: the channels of the reader's private chats. */
export type NotifierSources = {
  identity: Identity
  client: CirclesClient
  inbox: InboxStore
  chats(): readonly string[]
}

/**
 * Shows notifications of what happens where the reader is not looking, until the function that it returns is called. What
 * is in the inbox comes from there; all else, and everything of a guest, from the channels that this page has open.
 */
export function startNotifier(sources: NotifierSources): () => void {
  const { identity } = sources
  if (identity.by === 'token') {
    request<{ levels: Parameters<typeof takeLevels>[1] }>(identity, '/api/me/notifications').then(
      ({ levels }) => takeLevels(identity, levels),
      () => {}, // a server without inboxes: what was chosen on this device counts
    )
  }
  keepToken(identity).catch(() => {}) // it cannot be kept: then a page is opened
  keepWords().catch(() => {}) // there is no cache here: then there is no worker either
  const ends = [watchInbox(sources), watchChannels(sources), watchWorker(sources), watchPlace()]
  return () => {
    for (const end of ends) end()
  }
}

/** Does the reader see this channel now? */
const isSeen = (channel: string): boolean => {
  const path = channelPath(kindOf(channel).kind, nameOf(channel))
  const isOpen = location.pathname === path || location.pathname.startsWith(`${path}/`)
  return isOpen && document.visibilityState === 'visible' && document.hasFocus()
}

function watchInbox({ identity, client, inbox }: NotifierSources): () => void {
  const known = new Set<string>()
  let isFirst = true
  const look = (): void => {
    if (!inbox.isLoaded) return
    const fresh = inbox.items.filter(item => !known.has(keyOf(item)))
    for (const item of fresh) known.add(keyOf(item))
    if (!isFirst) for (const item of fresh) tell(item)
    isFirst = false
  }
  const tell = (item: InboxItem): void => {
    const { channel, from, approval, kind } = item
    if (isSeen(channel) || levelIn(identity, channel) === 'none') return
    const open = client.circle(nameOf(channel))
    const entry = open.entry(messageOf(item))
    const text = entry === null ? '' : textFor(identity, open, entry.content)
    void showNotification({
      title: titleOf(from.name, item, placeOf(channel)),
      body: text,
      person: personOf(identity),
      path: messagePath(channel, messageOf(item)),
      tag: keyOf(item),
      ...(kind === 'approval' && approval !== undefined && { approval: { channel, approval } }),
    })
  }
  look()
  return inbox.subscribe(look)
}

const keyOf = (item: Pick<InboxItem, 'channel' | 'seq'>): string => `${item.channel} ${item.seq}`

function watchChannels(sources: NotifierSources): () => void {
  const watched = new Map<string, () => void>()
  const update = (): void => {
    const wanted = new Set([...recentCircles().map(name => `circle:${name}`), ...sources.chats()])
    for (const [name, end] of watched) {
      if (wanted.has(name)) continue
      end()
      watched.delete(name)
    }
    for (const name of wanted) if (!watched.has(name)) watched.set(name, watchChannel(sources, name))
  }
  update()
  const events = ['circles recent', 'circles direct', 'storage']
  for (const event of events) addEventListener(event, update)
  return () => {
    for (const event of events) removeEventListener(event, update)
    for (const end of watched.values()) end()
  }
}

type Written = FrameOf<'message'> | FrameOf<'agent_message'>

function watchChannel({ identity, client, inbox }: NotifierSources, name: string): () => void {
  const channel = client.circle(nameOf(name))
  const tell = (frame: Written): void => {
    const author = authorOf(frame)
    const { self } = channel.state
    if (self === null || author.id === self.id || frame.seq === undefined || isSeen(name)) return
    const { content } = frame.data
    const isDirect = frame.type === 'message' && isPrivateChat(name)
    const kind = isDirect ? 'direct' : mentionedNames(content, [self.name]).size > 0 ? 'mention' : null
    const level = levelIn(identity, name)
    // The inbox tells what is for those who have one, also while this circle is not open.
    if (level === 'none' || (kind === null && level !== 'all') || (kind !== null && inbox.isLoaded)) return
    void showNotification({
      title: titleOf(author.name, kind === null ? null : { kind, root: null }, placeOf(name)),
      body: textFor(identity, channel, content),
      person: personOf(identity),
      path: messagePath(name, frame.seq),
      tag: keyOf({ channel: name, seq: frame.seq }),
    })
  }
  const ends = [channel.on('message', tell), channel.on('agent_message', tell)]
  return () => {
    for (const end of ends) end()
  }
}

const authorOf = (frame: Written): { id: string; name: string } =>
  frame.type === 'message'
    ? { id: frame.data.user_id, name: frame.data.user_name }
    : { id: `agent:${frame.data.agent_id}`, name: frame.data.agent_name }

/** The text of a message, unless it is of a private circle and the reader has not said that it may be shown. */
function textFor(identity: Identity, channel: Channel, text: string): string {
  const isOpen = channel.state.circle?.visibility === 'public'
  return isOpen || showsPrivateTexts(identity) ? [...text.slice(0, 400)].slice(0, 200).join('') : ''
}

const placeOf = (channel: string): string => (isPrivateChat(channel) ? '' : nameOf(channel))

/** Does what the reader has chosen in a notification. The service worker asks every page; only that of this person acts. */
function watchWorker({ identity }: NotifierSources): () => void {
  const onMessage = ({ data }: MessageEvent): void => {
    if (data?.person !== personOf(identity)) return
    if (data.type === 'circles open') navigate(data.path)
    if (data.type === 'circles decide') void decide(identity, data)
  }
  const onOpen = (event: Event): void => {
    if (event instanceof CustomEvent) navigate(String(event.detail))
  }
  navigator.serviceWorker?.addEventListener('message', onMessage)
  addEventListener('circles open', onOpen)
  return () => {
    navigator.serviceWorker?.removeEventListener('message', onMessage)
    removeEventListener('circles open', onOpen)
  }
}

type Decision = { channel: string; approval: string; decision: 'approve' | 'reject'; path: string }

async function decide(identity: Identity, { channel, approval, decision, path }: Decision): Promise<void> {
  const url = `/api/channels/${kindOf(channel).kind}/${nameOf(channel)}/commands/${decision}`
  try {
    await request(identity, url, { method: 'POST', body: { approval } })
  } catch {
    navigate(path) // the request itself says why it could not be decided
  }
}

/** Closes the notifications of the channel that the reader comes to. */
function watchPlace(): () => void {
  const look = (): void => {
    const at = location.pathname
    void navigator.serviceWorker?.getRegistration('/').then(
      async registration => {
        for (const { data, tag } of (await registration?.getNotifications()) ?? [])
          if (typeof data?.path === 'string' && data.path.startsWith(at))
            await closeNotifications(tag.replace(/ .*/, ''))
      },
      () => {},
    )
  }
  addEventListener('popstate', look)
  addEventListener('focus', look)
  return () => {
    removeEventListener('popstate', look)
    removeEventListener('focus', look)
  }
}
