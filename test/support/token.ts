import { SignJWT } from 'jose'

/** The secret of the servers that tests start under the policy `token`. */
export const secret = 'a secret of thirty-two bytes or more'

/** Signs a token for a user with grants, `{ 'circle:dev-*': 'member' }`, that expires in ten minutes. */
export function mint(user: string, channels: Record<string, string>): Promise<string> {
  return new SignJWT({ name: user, channels })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(user)
    .setExpirationTime('10 minutes')
    .sign(new TextEncoder().encode(secret))
}
