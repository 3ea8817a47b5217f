/** The settings that authentication reads; docs/operations.md lists all settings. Empty: not set. */
export type AuthSettings = {
  AUTH?: string // 'token' | 'open'; 'site' where `circles({ authenticate })` is the only way in
  AUTH_SECRET?: string // HS256; either this …
  AUTH_SECRET_PREVIOUS?: string // the one before it: its signatures are still accepted
  AUTH_JWKS_URL?: string // … or this: RS256, ES256, EdDSA
  AUTH_ISSUER?: string
  AUTH_AUDIENCE?: string
  AUTH_MAX_TTL?: string // seconds a token may still live, a day if not set
  AUTH_ACCESS_TEAM?: string // Cloudflare Access in front: https://<team>.cloudflareaccess.com
  AUTH_ACCESS_AUDIENCE?: string // its application's AUD tag
  AUTH_ACCESS_CHANNELS?: string // what its users may do, as a token's `channels` in JSON
  OWNER_LINK?: string // of the deployment's owner: protocol/owner-link.ts
  TICKET_SECRET?: string // signs tickets where there is no AUTH_SECRET
  TICKET_SCOPE?: string // set by Circles: tickets count only where it is the same
  ALLOWED_ORIGINS?: string // separated by commas
  PROXY_SECRET?: string // what a proxy in front sends as x-circles-proxy-secret: without it, nothing is answered
}
