import { errors, jwtVerify, SignJWT } from 'jose'
import * as z from 'zod/v4'
import { first, type Sql } from '../lib/sql.ts'
import { memoizePer } from '../lib/util.ts'
import { type AuthError, authError } from './auth-error.ts'
import { type Principal, principal } from './principal.ts'
import type { Resource } from './resource.ts'
import { type SigningSecrets, verifyWithAny } from './signing-secrets.ts'

/** Credentials for one socket: a browser cannot put a token into the headers of an upgrade, and must not put it into a URL. */
export type Ticket = {
  id: string // the object that it opens consumes it
  resource: Resource
  principal: Principal
  expires: number // ms since the Unix epoch
}

/** The lifetime of a ticket, in seconds. */
export const ticketSeconds = 30

const type = 'ticket+jwt'
const maxLength = 1_024
const encoder = new TextEncoder()

const claims = z.object({
  jti: z.string(),
  exp: z.number(),
  aud: z.string().regex(/:/) as unknown as z.ZodType<Resource>, // as written by writeTicket
  sub: principal.shape.id,
  name: principal.shape.name,
  kind: principal.shape.kind,
  role: principal.shape.role,
  most: principal.shape.most,
  end: principal.shape.expires,
  issued: principal.shape.issued,
  bot: principal.shape.bot,
})

/** Signs a ticket with the first secret. */
export async function writeTicket(ticket: Ticket, [secret]: SigningSecrets): Promise<string> {
  const { id: sub, name, kind, role, most, expires: end, issued, bot } = ticket.principal
  const payload = {
    jti: ticket.id,
    exp: ticket.expires / 1000,
    aud: ticket.resource,
    sub,
    name,
    kind,
    role,
    most,
    end,
    issued,
    bot,
  }
  return new SignJWT(payload).setProtectedHeader({ alg: 'HS256', typ: type }).sign(await signingKey(secret))
}

/** Verifies a ticket's signature and time. Whether it was used before is known only to its channel's object. */
export async function readTicket(text: string, secrets: SigningSecrets, now: number): Promise<Ticket | AuthError> {
  if (text.length > maxLength) return invalid
  try {
    const options = { algorithms: ['HS256'], typ: type, currentDate: new Date(now) }
    const { payload } = await verifyWithAny(secrets, async secret => jwtVerify(text, await signingKey(secret), options))
    const { jti, exp, aud, sub, end, ...person } = claims.parse(payload)
    return { id: jti, resource: aud, principal: { id: sub, ...person, expires: end }, expires: exp * 1000 }
  } catch (error) {
    return error instanceof errors.JWTExpired ? expired : invalid
  }
}

/**
 * Marks a ticket as used, in the table `tickets` of the object it opens; returns false if it was used before. Rows of
 * expired tickets are deleted.
 */
export function consumeTicket(sql: Sql, { id, expires }: { id: string; expires: number }, now: number): boolean {
  if (first(sql, `SELECT 1 FROM tickets WHERE id = ?1`, id) !== null) return false
  sql.all(`DELETE FROM tickets WHERE expires < ?1`, now)
  sql.all(`INSERT INTO tickets (id, expires) VALUES (?1, ?2)`, id, expires)
  return true
}

const invalid = authError('invalid_token', 'The ticket is not valid.')
const expired = authError('token_expired', 'The ticket has expired.')

// A separate key, so that a ticket is never accepted as a token, nor a token as a ticket.
const signingKey = memoizePer(async (secret: Uint8Array) => {
  const root = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveKey'])
  const purpose = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: encoder.encode('circles ticket 1') }
  const hs256 = { name: 'HMAC', hash: 'SHA-256', length: 256 }
  return crypto.subtle.deriveKey(purpose, root, hs256, false, ['sign', 'verify'])
})
