import { request } from '../lib/api.ts'
import type { Identity } from './identity.ts'
import { channelPath } from './route.ts'

// An invitation is in the fragment of an address: a browser sends the fragment to no server and to no other page.

/** Returns the address that brings one person into the circle. */
export const invitationLink = (circle: string, code: string): string =>
  `${location.origin}${channelPath('circle', circle)}#invitation=${code}`

/** Redeems an invitation. One that is used up or expired changes nothing: the circle itself decides who may join. */
export async function redeemInvitation(identity: Identity, circle: string, invitation: string): Promise<void> {
  await request(identity, `/api/circles/${circle}/join`, { method: 'POST', body: { invitation } }).catch(() => {})
}
