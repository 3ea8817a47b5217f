import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { SignJWT } from 'jose'
import { personRole } from '../../protocol/roles.ts'
import { CliError } from '../exit-codes.ts'

/** The claims of a token, and the secret to sign it with. */
type TokenOptions = {
  sub: string
  name?: string
  channel: string[]
  ttl: string
  secret?: string
  issuer?: string
  audience?: string
}

const secretBytes = 32
const unitSeconds = new Map([
  ['s', 1],
  ['m', 60],
  ['h', 3_600],
  ['d', 86_400],
])

/** Mints a token for development, signed with the secret of your own server. */
export async function mintToken(options: TokenOptions): Promise<string> {
  const { sub, name, channel, ttl, issuer, audience } = options
  if (sub.trim() === '' || /^(agent|guest|system|workspace):/.test(sub)) {
    throw new CliError('usage', `"${sub}" cannot be a user's id: it is empty, or its prefix is reserved.`)
  }
  const channels = Object.fromEntries(channel.map(readGrant))
  const seconds = readSeconds(ttl)
  const key = new TextEncoder().encode(await secretOf(options))
  if (key.byteLength < secretBytes) {
    throw new CliError('usage', `The secret is too short. It must have at least ${secretBytes} bytes.`)
  }
  const token = new SignJWT({ channels, ...(name !== undefined && { name }) })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setSubject(sub)
    .setIssuedAt()
    .setExpirationTime(Math.floor(Date.now() / 1000) + seconds)
  if (issuer !== undefined) token.setIssuer(issuer)
  if (audience !== undefined) token.setAudience(audience)
  return token.sign(key)
}

/** Reads `circle:dev-*=member`. */
function readGrant(text: string): [string, string] {
  const [pattern = '', role = 'member', ...rest] = text.split('=')
  const known = personRole.safeParse(role)
  if (!known.success || rest.length > 0 || !/^(circle|workspace|agent|\*):?[a-z0-9._*-]*$/i.test(pattern)) {
    throw new CliError(
      'usage',
      `"${text}" is not a grant. Use one like 'circle:dev-*=member' (${personRole.options.join(', ')}).`,
    )
  }
  return [pattern, known.data]
}

/** Reads `90s`, `15m`, `8h`, `1d`. */
function readSeconds(text: string): number {
  const [, count = '', unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? []
  const seconds = Number(count) * (unitSeconds.get(unit) ?? Number.NaN)
  if (!(seconds > 0)) throw new CliError('usage', `"${text}" is not a time to live. Use one like 90s, 15m, 8h or 1d.`)
  return seconds
}

/** The secret from the options, the environment, or the `.dev.vars` of `wrangler dev` in this folder. */
async function secretOf({ secret }: TokenOptions): Promise<string> {
  const own = secret ?? process.env.AUTH_SECRET
  if (own) return own
  const vars = parseEnv(await readFile(resolve('.dev.vars'), 'utf8').catch(() => ''))
  if (vars.AUTH_SECRET) return vars.AUTH_SECRET
  throw new CliError(
    'usage',
    'There is no secret to sign with. Set AUTH_SECRET, here or in .dev.vars, to that of the server.',
  )
}
