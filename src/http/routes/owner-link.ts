import * as z from 'zod/v4'
import { signOwnerToken } from '../../auth/owner-token.ts'
import { registryFor } from '../../deployment/tokens/clients.ts'
import { sha256 } from '../../lib/ids.ts'
import { readOwnerLink } from '../../protocol/owner-link.ts'
import { cleanName } from '../../protocol/text.ts'
import { idText, singleLine } from '../../protocol/text-schema.ts'
import { endpoint } from '../endpoint.ts'
import { failure } from '../errors.ts'

const another = '`npm run deploy -- --owner` makes another.'

/** `POST /api/owner`: exchanges the code of the owner's link for a token that owns the deployment, once. */
export const redeemOwnerLink = endpoint(
  {
    id: 'redeemOwnerLink',
    method: 'post',
    path: '/api/owner',
    summary: 'Redeem the owner’s link',
    isPublic: true,
    body: z.strictObject({ code: idText().min(1).max(64), name: singleLine().min(1).max(256) }),
    responses: {
      201: z.object({ token: z.string(), expires_in: z.int(), user: z.object({ id: z.string(), name: z.string() }) }),
    },
  },
  async context => {
    const { code, name: text } = context.req.valid('json')
    const name = cleanName(text)
    if (name === null) return failure('invalid', '`name` must be a name of up to 64 characters.')
    const now = Date.now()
    const link = readOwnerLink(context.env.OWNER_LINK)
    const { tokens } = context.var.policy
    // Its hash is compared, and the code has 128 bits: the duration reveals nothing that helps to guess it.
    if (link === null || tokens === null || sha256(code) !== link.hash) {
      return failure('invalid_token', `This is not the link of this deployment. ${another}`)
    }
    const user = { id: `owner-${sha256(name).slice(0, 12)}`, name } // the same name is the same user again
    const signed = await signOwnerToken(user, tokens, now)
    if (signed === null) return failure('not_implemented', 'The owner’s link needs AUTH_SECRET, which signs its token.')
    const isFirst = link.expires > now && (await registryFor(context.env, link.hash).redeem(link.hash, link.expires))
    if (!isFirst) return failure('gone', `This link was used or has expired. ${another}`)
    return context.json({ token: signed.token, expires_in: signed.seconds, user }, 201)
  },
)
