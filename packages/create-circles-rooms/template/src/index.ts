import { circles, defineCircle, refuse } from 'circles-rooms/server'
import { protocol } from './protocol.ts'

export { CircleDirectory, TokenRegistry } from 'circles-rooms/server'

/** A circle with polls. Each is a Durable Object with a database of its own. */
export class TeamCircle extends defineCircle(protocol, {
  migrations: ['CREATE TABLE votes (poll INTEGER, user TEXT, option INTEGER, PRIMARY KEY (poll, user)) WITHOUT ROWID'],
  exportedTables: ['votes'],
  // Each runs in one transaction with what it appends.
  commands: {
    create_poll: (room, { data }) => room.append('poll_created', data),
    vote(room, { data, user }) {
      const poll = room.event(data.poll)
      if (poll?.type !== 'poll_created') return refuse('not_found', 'There is no such poll.')
      if (data.option < 0 || data.option >= poll.data.options.length)
        return refuse('invalid', 'There is no such option.')
      room.sql`INSERT INTO votes VALUES (${data.poll}, ${user.id}, ${data.option})
        ON CONFLICT DO UPDATE SET option = excluded.option`
      return room.append('poll_voted', data)
    },
  },
  // GET /rooms/api/circles/<name>/x/<poll>: how many votes each option has.
  onRequest(room, request) {
    const poll = Number(new URL(request.url).pathname.split('/').at(-1))
    return Response.json(
      room.sql<{ option: number; votes: number }>`
        SELECT option, count(*) AS votes FROM votes WHERE poll = ${poll} GROUP BY option`,
    )
  },
}) {}

// `authenticate: async (request, env) => …` lets your own users in, by your own cookies.
const rooms = circles({ circle: 'CIRCLES', basePath: '/rooms' })

export default {
  fetch: (request, env, context) =>
    new URL(request.url).pathname.startsWith('/rooms/')
      ? rooms.fetch(request, env, context)
      : new Response('Not found', { status: 404 }),
} satisfies ExportedHandler<Cloudflare.Env>
