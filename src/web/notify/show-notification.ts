import { t } from '../words/words.ts'

/** A notification of something in a channel. */
export type NotificationContent = {
  title: string
  body: string
  person: string // for whom: another reader of this browser does not act on it
  path: string // where it leads
  tag: string // a later one with the same tag takes its place: several tabs show one
  approval?: { channel: string; approval: string } // it can be decided from the notification
}

/** Shows a notification, by the service worker if there is one: only it can have buttons. */
export async function showNotification({
  title,
  body,
  person,
  path,
  tag,
  approval,
}: NotificationContent): Promise<void> {
  const options = { body, tag, icon: '/icon-192.png', data: { person, path, ...(approval && { approval }) } }
  const registration = await navigator.serviceWorker?.getRegistration('/').catch(() => undefined)
  if (registration?.active) {
    const actions = approval === undefined ? [] : choices()
    await registration.showNotification(title, { ...options, actions } as NotificationOptions)
    return
  }
  const notification = new Notification(title, options)
  notification.onclick = () => {
    window.focus()
    dispatchEvent(new CustomEvent('circles open', { detail: path }))
    notification.close()
  }
}

const choices = () => [
  { action: 'approve', title: t('request.approve') },
  { action: 'reject', title: t('request.reject') },
]

/** Closes the notifications of a channel, since its reader sees it. */
export async function closeNotifications(channel: string): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration('/').catch(() => undefined)
  for (const notification of (await registration?.getNotifications()) ?? [])
    if (notification.tag.startsWith(`${channel} `)) notification.close()
}
