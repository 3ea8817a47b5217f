import { Hono } from 'hono'
import { z } from 'zod'
import { newCircle } from '../../protocol/circles.ts'
import { configuration } from '../../protocol/commands.ts'
import { callAdmin, callAdminIn } from '../channels/admin-call.ts'
import { type HttpEnv, openChannelAt, runCommand } from '../channels/call-channel.ts'
import { failure, methodNotAllowed } from '../errors.ts'
import { countParam } from '../middleware/numbers.ts'
import { validatedBody, validatedQuery } from '../middleware/validate.ts'
import { listCircles } from './circle-list.ts'

export const listQuery = z.object({ after: z.string().max(64).default(''), limit: countParam(1, 200).default(100) })
export const searchQuery = z.object({ q: z.string().min(1).max(500), limit: countParam(1, 50).default(20) })
export const deleteQuery = z.object({ confirm: z.string() })

/** `/api/circles`: which there are, and what one is. */
export const circles = new Hono<HttpEnv>()
  .get('/', validatedQuery(listQuery), async context => {
    const listed = await listCircles(context, context.req.valid('query'))
    return listed instanceof Response ? listed : context.json(listed, 200)
  })
  .post('/', validatedBody(newCircle), async context => {
    const { name, ...configuration } = context.req.valid('json')
    const created = await callAdminIn<'create'>(await openChannelAt(context, { kind: 'circle', name }), {
      do: 'create',
      configuration,
    })
    return created instanceof Response ? created : context.json(created.value, 201)
  })
  .all('/', () => methodNotAllowed('GET', 'POST'))
  .get('/:name', async context => {
    const described = await callAdmin<'describe'>(context, { do: 'describe' })
    return described instanceof Response ? described : context.json(described.value, 200)
  })
  .patch('/:name', validatedBody(configuration), async context => {
    const data = context.req.valid('json')
    const asked = await runCommand(context, 'circle', { type: 'configure', id: crypto.randomUUID(), data })
    if (asked instanceof Response) return asked
    const described = await callAdmin<'describe'>(context, { do: 'describe' })
    return described instanceof Response ? described : context.json(described.value, 200)
  })
  .delete('/:name', validatedQuery(deleteQuery), async context => {
    const { confirm } = context.req.valid('query')
    if (confirm !== context.req.param('name')) return failure('invalid', 'Say the name again: ?confirm=<name>.')
    const deleted = await callAdmin<'delete'>(context, { do: 'delete' })
    return deleted instanceof Response ? deleted : context.body(null, 204)
  })
  .all('/:name', () => methodNotAllowed('GET', 'PATCH', 'DELETE'))
  .get('/:name/search', validatedQuery(searchQuery), async context => {
    const found = await callAdmin<'search'>(context, { do: 'search', ...context.req.valid('query') })
    return found instanceof Response ? found : context.json(found.value, 200)
  })
  .all('/:name/search', () => methodNotAllowed('GET'))
