import { request } from '../lib/api.ts'
import { problemText } from '../words/problem-text.ts'
import { t } from '../words/words.ts'
import type { Identity } from './identity.ts'
import { channelPath } from './route.ts'

// An invitation is in the fragment of an address: a browser sends the fragment to no server and to no other page.

/** Returns the address that brings one person into the circle. */
const invitationLink = (circle: string, code: string): string =>
  `${location.origin}${channelPath('circle', circle)}#invitation=${code}`

/** Redeems an invitation; resolves with a sentence about why it could not be, or null. */
export async function redeemInvitation(identity: Identity, circle: string, invitation: string): Promise<string | null> {
  try {
    await request(identity, `/api/circles/${circle}/join`, { method: 'POST', body: { invitation } })
    return null
  } catch (error) {
    const isUnknown = error instanceof Error && 'code' in error && error.code === 'not_found'
    return isUnknown ? t('link.used') : problemText(error, t('link.notUsed'))
  }
}

/** Makes an invitation for one person and returns its address. */
export async function createInvitation(identity: Identity, circle: string): Promise<string> {
  const path = `/api/circles/${circle}/invitations`
  const { invitation } = await request<{ invitation: string }>(identity, path, { method: 'POST', body: {} })
  return invitationLink(circle, invitation)
}
