import type { NotificationLevel } from '../protocol/notifications.ts'

/** A device of a person, as its browser has subscribed it. `contact`: where a push service reaches the deployment. */
export type NewSubscription = { endpoint: string; p256dh: string; auth: string; contact: string; texts: boolean }

/** The key pair by which push services know a deployment. `publicKey`: as browsers take it, in base64url; `privateKey`: a JWK. */
export type PushIdentity = { publicKey: string; privateKey: string }

/** For which channels a person has chosen of what they are told. */
export type ChosenLevel = { channel: string; level: NotificationLevel }
