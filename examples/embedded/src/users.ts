/** A user of this Worker's own. */
export type User = { id: string; name: string; paying: number }

/** The user that the cookie `user` names, or null. A real Worker signs its cookies. */
export async function userOf(request: Request, env: Cloudflare.Env): Promise<User | null> {
  const id = /(?:^|; )user=([a-z]+)/.exec(request.headers.get('cookie') ?? '')?.[1]
  if (id === undefined) return null
  return env.DB.prepare('SELECT id, name, paying FROM users WHERE id = ?').bind(id).first<User>()
}
