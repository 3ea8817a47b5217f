import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { startServer } from '../support/server.ts'
import { aToken } from '../support/tokens.ts'

/** The files below a folder that contain one of these texts. */
async function filesWith(folder: string, texts: string[]): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name))
  const contents = await Promise.all(paths.map(path => readFile(path)))
  return paths.filter((_, index) => texts.some(text => contents[index]?.includes(text)))
}

/** Opens a socket, sends a frame if there is one, and closes it; resolves with the status of the upgrade. */
async function openAndClose(
  url: string,
  protocols: string[],
  headers: Record<string, string>,
  frame?: string,
): Promise<number> {
  const socket = new WebSocket(url, protocols, { headers })
  const refused = once(socket, 'unexpected-response').then(([, response]) => response.statusCode as number)
  const opened = once(socket, 'open').then(() => 101)
  const status = await Promise.race([refused, opened])
  if (status !== 101) return status
  if (frame !== undefined) socket.send(frame)
  socket.send('{"type":"ping"}')
  await once(socket, 'message')
  const closed = once(socket, 'close')
  socket.close(1000)
  await closed
  return status
}

test('[A3] tokens, tickets and invitations are in no log, no error and no stored file', async () => {
  await using server = await startServer({ AUTH: 'token' })
  const now = Date.now()
  const token = await aToken(now, { name: 'Ada' })
  const bad = await aToken(now, {}, 'signed with another secret, alas')
  const authorization = `Bearer ${token}`

  const created = await fetch(`${server.url}/api/tickets`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: '{"channel":"circle:safe"}',
  })
  const { ticket } = (await created.json()) as { ticket: string }
  const circle = server.ws('/ws/circles/safe')
  expect([
    await openAndClose(circle, [], { authorization }),
    await openAndClose(`${circle}?token=${token}`, [], {}, 'seen on disk'),
    await openAndClose(circle, ['circles.v1', `ticket.${ticket}`], {}),
    await openAndClose(`${circle}?ticket=${ticket}`, [], {}),
    await openAndClose(circle, [], {}, JSON.stringify({ type: 'auth', token })),
    await openAndClose(`${circle}?token=${bad}`, [], {}),
    await openAndClose(circle, ['circles.v1'], { authorization: `Bearer ${bad}` }),
  ]).toEqual([101, 101, 101, 401, 101, 401, 401])
  const ofBob = `Bearer ${await aToken(now, { sub: 'bob', name: 'Bob' })}`
  const ofEve = `Bearer ${await aToken(now, { sub: 'eve', name: 'Eve' })}`
  const post = async (path: string, body: object, as = authorization) => {
    const headers = { authorization: as, 'content-type': 'application/json' }
    return fetch(`${server.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
  }
  await post('/api/circles', { name: 'quiet', visibility: 'private' })
  const { invitation } = (await (await post('/api/circles/quiet/invitations', {})).json()) as { invitation: string }
  expect((await post('/api/circles/quiet/join', { invitation }, ofBob)).status).toBe(200)
  expect((await post('/api/circles/quiet/join', { invitation }, ofEve)).status).toBe(404)
  await server.stop()

  const signed = [token, ticket, bad].map(text => text.slice(text.lastIndexOf('.') + 1))
  const secrets = [...signed, invitation]
  expect(await filesWith(server.state, ['seen on disk'])).not.toEqual([]) // so the search does find text that is stored
  expect(await filesWith(server.state, secrets)).toEqual([])
  expect(secrets.filter(text => server.output().includes(text))).toEqual([])
})
