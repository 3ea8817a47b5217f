import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { startServer } from '../support/server.ts'
import { aToken } from '../support/tokens.ts'

/** The files below a folder in which one of these texts stands. */
async function filesWith(folder: string, texts: string[]): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name))
  const contents = await Promise.all(paths.map(path => readFile(path)))
  return paths.filter((_, index) => texts.some(text => contents[index]?.includes(text)))
}

/** Opens a socket, says something if given, and closes it. Resolves with the status or the close code. */
async function visit(url: string, protocols: string[], headers: Record<string, string>, say?: string): Promise<number> {
  const socket = new WebSocket(url, protocols, { headers })
  const refused = once(socket, 'unexpected-response').then(([, response]) => response.statusCode as number)
  const opened = once(socket, 'open').then(() => 101)
  const status = await Promise.race([refused, opened])
  if (status !== 101) return status
  if (say !== undefined) socket.send(say)
  socket.send('{"type":"ping"}')
  await once(socket, 'message')
  const closed = once(socket, 'close')
  socket.close(1000)
  await closed
  return status
}

test('[A3] tokens, tickets and invitations stand in no log, no error and no stored file', async () => {
  await using server = await startServer({ AUTH: 'token' })
  const now = Date.now()
  const token = await aToken(now, { name: 'Ada' })
  const bad = await aToken(now, {}, 'signed with another secret, alas')
  const authorization = `Bearer ${token}`

  const asked = await fetch(`${server.url}/api/tickets`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: '{"channel":"circle:safe"}',
  })
  const { ticket } = (await asked.json()) as { ticket: string }
  const circle = server.ws('/ws/circles/safe')
  expect([
    await visit(circle, [], { authorization }),
    await visit(`${circle}?token=${token}`, [], {}, 'seen on disk'),
    await visit(circle, ['circles.v1', `ticket.${ticket}`], {}),
    await visit(`${circle}?ticket=${ticket}`, [], {}),
    await visit(circle, [], {}, JSON.stringify({ type: 'auth', token })),
    await visit(`${circle}?token=${bad}`, [], {}),
    await visit(circle, ['circles.v1'], { authorization: `Bearer ${bad}` }),
  ]).toEqual([101, 101, 101, 401, 101, 401, 401])
  const say = async (path: string, body: object) => {
    const headers = { authorization, 'content-type': 'application/json' }
    return fetch(`${server.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
  }
  await say('/api/circles', { name: 'quiet', visibility: 'private' })
  const { invitation } = (await (await say('/api/circles/quiet/invitations', {})).json()) as { invitation: string }
  expect((await say('/api/circles/quiet/join', { invitation })).status).toBe(200)
  expect((await say('/api/circles/quiet/join', { invitation })).status).toBe(404)
  await server.stop()

  const signed = [token, ticket, bad].map(text => text.slice(text.lastIndexOf('.') + 1))
  const secrets = [...signed, invitation]
  expect(await filesWith(server.state, ['seen on disk'])).not.toEqual([]) // the search finds what is there
  expect(await filesWith(server.state, secrets)).toEqual([])
  expect(secrets.filter(text => server.output().includes(text))).toEqual([])
})
