// The circles that the pictures of the page are taken of, written over HTTP as several people.

type Body = Record<string, unknown>

/** Sends a request as a guest and returns the body of the response. */
export type Send = (method: string, path: string, name: string, body?: Body) => Promise<Body>

/** Returns a function that sends requests to a server as one guest or another. */
export function sender(url: string): Send {
  return async (method, path, name, body) => {
    const response = await fetch(`${url}${path}?name=${encodeURIComponent(name)}`, {
      method,
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
    return response.status === 204 ? {} : ((await response.json()) as Body)
  }
}

/** Stores a message and returns its seq. */
export async function post(send: Send, circle: string, name: string, content: string, reply_to?: number) {
  const body = { content, ...(reply_to !== undefined && { reply_to }) }
  const { seq } = await send('POST', `/api/circles/${circle}/messages`, name, body)
  return Number(seq)
}

const code = [
  'This is the line:',
  '',
  '```ts',
  'const ms = baseMs * 2 ** attempt // everyone at once',
  'await sleep(Math.min(ms, 30_000))',
  '```',
].join('\n')

const texts: readonly [string, string][] = [
  ['Bob', '- [x] release notes\n- [x] changelog\n- [ ] announcement\n\n> Ship small, ship often.'],
  ['Eve', '| Run | Requests | Retries |\n| --- | ---: | ---: |\n| before | 12,400 | 3,310 |\n| after | 12,380 | 214 |'],
  ['ליאור', '**שלום** לכולם:\n\n- אחת\n- שתיים עם `code`\n\nנתראה מחר!'],
  ['سارة', 'صباح الخير! النسخة **0.4.2** جاهزة، هل نجرّبها اليوم؟'],
  ['Bob', `A word that never ends: ${'abcdefghij'.repeat(60)}`],
  ['Eve', '🎉'],
  ['Bob', Array.from({ length: 60 }, (_, line) => `Line ${line + 1} of a long message`).join('\n')],
  ['Eve', `\`\`\`python\n${Array.from({ length: 200 }, (_, line) => `print(${line})`).join('\n')}\n\`\`\``],
  ['Bob', `\`${'a_long_name_'.repeat(12)}\` and ${'https://example.com/'.padEnd(160, 'path/')}`],
]

/** Creates the circles that all states share. */
export async function seedCircles(send: Send): Promise<void> {
  const create = (name: string, owner: string, title?: string) =>
    send('POST', '/api/circles', owner, { name, ...(title && { title }) })
  await create('release', 'Ada', 'Shipping 0.4.2 on Thursday')
  await create('design', 'Bob', 'How the page looks')
  await create('quiet', 'Bob')
  await create('empty', 'Ada')
  await create('texts', 'Ada', 'Everything that can be written')
  await create('busy', 'Bob')
  await create('secret', 'Bob')
  await send('PATCH', '/api/circles/secret', 'Bob', { visibility: 'private' })
  for (const state of ['paused', 'archived']) {
    await create(state, 'Ada')
    await post(send, state, 'Bob', 'Before that, this was said.')
    await send('PATCH', `/api/circles/${state}`, 'Ada', { status: state })
  }
  await post(send, 'quiet', 'Bob', 'Please read this first.')
  await send('PATCH', '/api/circles/quiet/members/guest:Ada', 'Bob', { muted: true })

  await post(send, 'release', 'Bob', 'Morning! **0.4.2** is out, the notes are at https://example.com/notes')
  await post(send, 'release', 'Ada', 'Lovely. One thing: `retry` has no jitter, so all clients reconnect at once.')
  const line = await post(send, 'release', 'Bob', code)
  await post(send, 'release', 'Ada', 'Full jitter: a random delay between zero and the limit.', line)
  await post(send, 'release', 'Eve', 'That is what the others do, too.', line)
  const offer = await post(send, 'release', 'Eve', 'I can take it, @Ada')
  for (const name of ['Bob', 'Ada'])
    await send('POST', '/api/channels/circle/release/commands/react', name, { seq: offer, emoji: '👍' })
  await post(send, 'release', 'Eve', 'It is a small change.')
  await post(send, 'release', 'Bob', 'Thank you. Then we ship on Thursday.')
  for (const [name, text] of texts) await post(send, 'texts', name, text)
  for (let index = 1; index <= 8; index++) await post(send, 'busy', 'Bob', `Message ${index} of the morning`)
}
