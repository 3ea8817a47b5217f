import { expect, test } from 'vitest'
import { askAs, join } from '../../support/in-worker.ts'

const statuses = async (...requests: Promise<{ status: number }>[]) =>
  (await Promise.all(requests)).map(({ status }) => status)

test('[A5] one invitation is listed without its code, and taken back by its id or its code', async () => {
  const base = '/api/circles/invited'
  await askAs('ada', 'POST', '/api/circles', { name: 'invited' })
  const invite = async () => (await askAs('ada', 'POST', `${base}/invitations`, {})).json
  const [first, second, third] = [await invite(), await invite(), await invite()]
  expect(first).toEqual({
    ...{ id: expect.stringMatching(/^[0-9a-f]{16}$/), invitation: expect.any(String) },
    ...{ role: 'member', uses: 1, expires_in: 604_800 },
  })
  const listed = await askAs('ada', 'GET', `${base}/invitations`)
  expect(listed.json.invitations.map(({ id }: { id: string }) => id).toSorted()).toEqual(
    [first.id, second.id, third.id].toSorted(),
  )
  expect(JSON.stringify(listed.json)).not.toContain(first.invitation)
  expect(await statuses(askAs('eve', 'GET', `${base}/invitations`))).toEqual([403])
  expect(await statuses(askAs('eve', 'DELETE', `${base}/invitations/${first.id}`))).toEqual([403])
  expect(await statuses(askAs('ada', 'DELETE', `${base}/invitations/${first.id}`))).toEqual([204])
  expect(await statuses(askAs('ada', 'DELETE', `${base}/invitations/${second.invitation}`))).toEqual([204])
  expect(await statuses(askAs('ada', 'DELETE', `${base}/invitations/${second.id}`))).toEqual([404])
  const joins = [first, second, third].map(({ invitation }) => askAs('eve', 'POST', `${base}/join`, { invitation }))
  expect(await statuses(...joins)).toEqual([404, 404, 200])
})

test('[W] a workspace is deleted by an owner who repeats its name', async () => {
  await join('/ws/workspaces/old')
  const path = '/api/workspaces/old'
  expect(await statuses(askAs('ada', 'DELETE', `${path}?confirm=new`))).toEqual([400])
  expect(await askAs('ada', 'DELETE', `${path}?confirm=old`)).toMatchObject({
    status: 403,
    json: { error: { code: 'forbidden', message: 'Only owners can delete a channel.' } },
  })
})
