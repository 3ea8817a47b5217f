// Sends events to the queue that Circles consumes: those that are posted here, and a message every working day at nine.
// docs/events.md describes the format. Every event needs an id that stays the same when the event is sent again.

type Env = { CIRCLES_EVENTS: Queue; PRODUCER_TOKEN: string }

const batchSize = 100 // the most messages that a queue accepts at a time

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    if (request.headers.get('authorization') !== `Bearer ${env.PRODUCER_TOKEN}`) {
      return new Response('Unauthorized', { status: 401 })
    }
    if (request.method !== 'POST') return new Response('POST a list of events', { status: 405 })
    const events: unknown = await request.json()
    if (!Array.isArray(events)) return new Response('POST a list of events', { status: 400 })
    for (let index = 0; index < events.length; index += batchSize) {
      await env.CIRCLES_EVENTS.sendBatch(events.slice(index, index + batchSize).map(body => ({ body })))
    }
    return Response.json({ queued: events.length }, { status: 202 })
  },

  async scheduled({ scheduledTime }: ScheduledController, env: Env): Promise<void> {
    await env.CIRCLES_EVENTS.send({
      id: `standup-${scheduledTime}`, // the same if the cron runs twice
      source: 'standup',
      type: 'message',
      circle_name: 'dev-team',
      data: { content: 'Good morning! What is everybody working on today?' },
    })
  },
} satisfies ExportedHandler<Env>
