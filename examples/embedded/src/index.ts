import { circles, defineCircle, refuse } from 'circles-rooms/server'
import { Hono } from 'hono'
import { cors } from 'hono/cors'
import { secureHeaders } from 'hono/secure-headers'
import { protocol } from './protocol.ts'
import { userOf } from './users.ts'

export { CircleDirectory, TokenRegistry } from 'circles-rooms/server'

export class TeamCircle extends defineCircle(protocol, {
  migrations: ['CREATE TABLE votes (poll INTEGER, user TEXT, option INTEGER, PRIMARY KEY (poll, user)) WITHOUT ROWID'],
  exportedTables: ['votes'],
  commands: {
    create_poll(room, { data: { seconds = 60, ...data }, at }) {
      const poll = room.append('poll_created', data)
      room.schedule(at + seconds * 1000, 'close_poll', poll.seq)
      return poll
    },
    vote(room, { data, user }) {
      const poll = room.event(data.poll)
      if (poll?.type !== 'poll_created') return refuse('not_found', 'There is no such poll.')
      if (data.option >= poll.data.options.length) return refuse('invalid', 'There is no such option.')
      room.sql`INSERT INTO votes VALUES (${data.poll}, ${user.id}, ${data.option}) ON CONFLICT DO UPDATE SET option = excluded.option`
      return room.append('poll_voted', data)
    },
  },
  beforeMessage(_room, { content }) {
    if (/darn/.test(content)) return refuse('forbidden', 'Mind your language.')
    return { content: content.replaceAll('secret', '•••') }
  },
  async afterEvent({ name, env }, { seq, type }) {
    await env.DB.prepare('INSERT INTO seen (circle, seq, type) VALUES (?, ?, ?)').bind(name, seq, type).run()
  },
  onSchedule: (room, _name, poll) => void room.append('poll_closed', { poll: Number(poll) }),
  onRequest: room => Response.json(room.sql`SELECT option, count(*) AS votes FROM votes GROUP BY option`),
}) {}

const rooms = circles({
  protocol,
  basePath: '/rooms',
  async authenticate(request, env) {
    const user = await userOf(request, env)
    return user && { id: user.id, name: user.name, channels: { 'circle:*': user.paying ? 'member' : 'reader' } }
  },
})

const app = new Hono<{ Bindings: Env }>()
app.use(secureHeaders())
app.use('/rooms/*', cors({ origin: 'https://page.example' }))
app.get('/mine', context => context.text('mine'))
app.post('/deployed', async context => {
  const as = { id: 'system', name: 'Deploys' }
  return context.json(await rooms.circle(context.env, 'dev').send('Deployed 42', { as, id: 'deploy-42' }))
})
app.all('/rooms/*', context => rooms.fetch(context.req.raw, context.env, context.executionCtx))

export default { fetch: app.fetch, queue: rooms.queue }
