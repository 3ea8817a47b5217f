import { request } from '../lib/api.ts'
import type { Identity } from './identity.ts'
import { pathOf } from './route.ts'

// An invitation stands behind the # of an address: a browser tells no server and no other page of it.

export const invitationLink = (circle: string, code: string): string =>
  `${location.origin}${pathOf('circle', circle)}#invitation=${code}`

/** Uses an invitation. One that is used up or too old changes nothing: the circle itself says who may come. */
export async function spendInvitation(who: Identity, circle: string, invitation: string): Promise<void> {
  await request(who, `/api/circles/${circle}/join`, { method: 'POST', body: { invitation } }).catch(() => {})
}
