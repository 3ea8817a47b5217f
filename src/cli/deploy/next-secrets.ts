import { createHash, randomBytes } from 'node:crypto'
import { ownerLinkMs, writeOwnerLink } from '../../protocol/owner-link.ts'
import { CliError } from '../exit-codes.ts'
import type { ProdVars } from './prod-vars.ts'

/** What a deployment changes about its secrets. */
export type SecretOptions = {
  signs: 'AUTH_SECRET' | 'TICKET_SECRET' // TICKET_SECRET where an identity provider issues the tokens
  newSecret?: boolean // make a new one, and accept the present one beside it
  dropPrevious?: boolean // accept the previous one no longer
  owner?: boolean // make another owner's link
}

/** The secrets of a deployment that is about to be made. */
export type NextSecrets = {
  upload: ProdVars
  keep: ProdVars // in .prod.vars, before anything is deployed
  forget: string[] // names that .prod.vars no longer has
  link: { code: string; setting: string } | null // a new owner's link; its code is kept nowhere
}

/** Makes the secrets that are missing, and those that were asked for. */
export function nextSecrets(kept: ProdVars, options: SecretOptions, now: number): NextSecrets {
  const { signs, newSecret = false, dropPrevious = false, owner = false } = options
  if (signs !== 'AUTH_SECRET' && (owner || newSecret || dropPrevious)) {
    throw new CliError(
      'usage',
      'Tokens come from AUTH_JWKS_URL here: there is no secret of theirs, and no owner’s link.',
    )
  }
  const old = kept[signs] || null
  const secret = newSecret || old === null ? randomBytes(32).toString('base64url') : old
  const previous = dropPrevious ? null : newSecret ? old : kept.AUTH_SECRET_PREVIOUS || null
  const isLinkMissing = signs === 'AUTH_SECRET' && !kept.OWNER_LINK
  const link = owner || isLinkMissing ? newLink(now) : null
  const keep: ProdVars = { [signs]: secret, ...(previous !== null && { AUTH_SECRET_PREVIOUS: previous }) }
  // A deployment cannot take a secret away, so the present one takes the place of the previous one.
  const dropped = dropPrevious ? { AUTH_SECRET_PREVIOUS: secret } : {}
  const upload = { ...kept, ...keep, ...dropped, ...(link && { OWNER_LINK: link.setting }) }
  return { upload, keep, forget: dropPrevious ? ['AUTH_SECRET_PREVIOUS'] : [], link }
}

function newLink(now: number) {
  const code = randomBytes(16).toString('base64url')
  const hash = createHash('sha256').update(code).digest('hex')
  return { code, setting: writeOwnerLink({ hash, expires: now + ownerLinkMs }) }
}
