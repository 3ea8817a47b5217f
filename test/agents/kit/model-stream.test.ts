import { expect, test, vi } from 'vitest'
import { cleanModelStream } from '../../../src/agents/kit/model-stream.ts'
import { randomChoices, seeds } from '../../support/random.ts'
import { streamOf } from '../../support/streams.ts'

const encoder = new TextEncoder()
const frame = (data: object | string) => `data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`
const chunk = (rest: object) => frame({ id: 'c1', object: 'chat.completion.chunk', created: 1, model: 'm', ...rest })
const delta = (content: unknown, rest: object = {}) => chunk({ choices: [{ index: 0, delta: { content } }], ...rest })
const stop = (reason: unknown = 'stop') => chunk({ choices: [{ index: 0, delta: {}, finish_reason: reason }] })
const done = frame('[DONE]')

type Chunk = { choices: { delta: { content?: string }; finish_reason: string | null }[]; usage?: object }

/** Reads what the SDK would get. */
async function clean(...parts: (string | Uint8Array)[]) {
  const text = await new Response(cleanModelStream(streamOf(...parts), { onActivity: () => {}, graceMs: 1 })).text()
  const frames = text.split('\n\n').filter(line => line !== '')
  expect(frames.pop()).toBe('data: [DONE]')
  const chunks = frames.map(line => JSON.parse(line.replace(/^data: /, '')) as Chunk)
  return {
    text: chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join(''),
    reasons: chunks.flatMap(({ choices }) => choices[0]?.finish_reason ?? []),
    usage: chunks.findLast(({ usage }) => usage !== undefined)?.usage,
  }
}

const usage = (given: unknown) => chunk({ choices: [], usage: given })
const odd = (choice: object) => chunk({ choices: [choice] })

test.each<[string, string[]]>([
  ['nothing odd', [delta('whole'), stop(), done]],
  ['a last chunk without choices', [delta('whole'), stop(), chunk({ usage: { prompt_tokens: 1 } }), done]],
  ['choices null in the last chunk', [delta('whole'), stop(), chunk({ choices: null }), done]],
  ['an id that is a number', [delta('whole', { id: 7 }), stop(), done]],
  ['a model and a time that are none', [delta('whole', { model: 3, created: 'now' }), stop(), done]],
  ['error null beside choices', [delta('whole', { error: null }), stop(), done]],
  ['error {} and errors []', [delta('whole', { error: {}, errors: [] }), stop(), done]],
  ['an error of nulls', [delta('whole', { error: { code: null, message: '', status: 0, details: [] } }), stop(), done]],
  [
    'content as a list',
    [delta([{ type: 'thinking', thinking: [] }, { type: 'text', text: 'who' }, 'le']), stop(), done],
  ],
  [
    'thoughts as text in a list',
    [
      delta([
        { type: 'reasoning', text: 'NO' },
        { type: 'text', text: 'whole' },
      ]),
      stop(),
      done,
    ],
  ],
  ['content as an object', [delta({ type: 'text', text: 'whole' }), stop(), done]],
  ['a delta that is text', [odd({ index: 0, delta: 'whole' }), stop(), done]],
  ['a role that is unknown', [odd({ index: 0, delta: { role: 'bot', content: 'whole' } }), stop(), done]],
  [
    'tool calls that are none',
    [odd({ index: 0, delta: { content: 'whole', tool_calls: [null, {}, 3] } }), stop(), done],
  ],
  ['reasoning that is a number', [odd({ index: 0, delta: { content: 'whole', reasoning_content: 3 } }), stop(), done]],
  ['a reason that is a number', [delta('whole'), stop(1), done]],
  ['an index that is text', [odd({ index: '0', delta: { content: 'whole' } }), stop(), done]],
  ['no index', [odd({ delta: { content: 'whole' } }), stop(), done]],
  ['a choice that is no list', [chunk({ choices: { delta: { content: 'whole' } } }), stop(), done]],
  ['a choice null', [chunk({ choices: [null, { delta: { content: 'whole' } }] }), stop(), done]],
  [
    'a second choice',
    [delta('who'), odd({ index: 1, delta: { content: 'NO' }, finish_reason: 'length' }), delta('le'), stop(), done],
  ],
  [
    'a message at the end',
    [delta('whole'), odd({ index: 0, message: { content: 'whole' }, finish_reason: 'stop' }), done],
  ],
  ['a message instead of deltas', [odd({ index: 0, message: { content: 'whole' }, finish_reason: 'stop' }), done]],
  ['a named event that is not ours', ['event: ping\ndata: {}\n\n', delta('whole'), stop(), done]],
  [
    'events that are no JSON',
    ['data: ping\n\n', 'data:\n\n', 'data: [1]\n\n', delta('whole'), 'data: null\n\n', stop(), done],
  ],
  [
    'comments and other fields',
    [': processing\n\n', 'id: 7\nretry: 10\nevent: message\n', delta('whole'), stop(), done],
  ],
  ['an error after the end', [delta('whole'), stop(), frame({ error: { message: 'late' } }), done]],
  ['garbage after the end', [delta('whole'), stop(), 'data: {nope\n\n', done]],
  ['no [DONE]', [delta('whole'), stop()]],
  ['no line feed at the end', [delta('whole'), stop(), 'data: [DONE]']],
  ['text after [DONE]', [delta('whole'), stop(), done, delta('NO')]],
  ['no empty lines between events', [delta('who'), delta('le'), stop(), done].map(line => line.replace('\n\n', '\n'))],
  [
    'JSON over several lines',
    [
      `data: ${JSON.stringify(JSON.parse(delta('whole').slice(6)), null, 2).replaceAll('\n', '\ndata: ')}\n\n`,
      stop(),
      done,
    ],
  ],
  ['[DONE] and a reason twice', [delta('whole'), stop(), stop(), done, done]],
  ['a whole reply as JSON', [JSON.stringify({ choices: [{ message: { content: 'whole' } }] }, null, 2)]],
])('a reply is whole beside %s', async (_, parts) => {
  expect(await clean(parts.join(''))).toMatchObject({ text: 'whole', reasons: expect.arrayContaining(['stop']) })
  for (const eol of ['\r\n', '\r']) expect((await clean(parts.join('').replaceAll('\n', eol))).text).toBe('whole')
})

test('tokens that a server parsed as JSON are text', async () => {
  expect((await clean(delta('costs $'), delta(6), delta('.'), delta(0), delta(true), stop(), done)).text).toBe(
    'costs $6.0true',
  )
  expect((await clean(frame({ response: 'costs $' }), frame({ response: 6 }), done)).text).toBe('costs $6')
})

test.each([
  [{ prompt_tokens: 5, completion_tokens: -3 }, [5, 0]],
  [{ prompt_tokens: 1.5, completion_tokens: '7' }, [2, 7]],
  [{ prompt_tokens: null, completion_tokens: {} }, [0, 0]],
  [{ prompt_tokens: 1e300, completion_tokens: 'many' }, [1_000_000_000, 0]],
])('usage %j counts as %j', async (given, [prompt_tokens = 0, completion_tokens = 0]) => {
  const cleaned = await clean(delta('whole'), stop(), usage(given), done)
  expect(cleaned.usage).toEqual({ prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens })
})

test('usage that comes after an error counts, if the reply was over before it', async () => {
  const error = frame({ error: { message: 'late' }, usage: { prompt_tokens: 5, completion_tokens: 7 } })
  expect((await clean(delta('whole'), stop(), error, done)).usage).toMatchObject({ total_tokens: 12 })
})

test.each([
  ['length', 'length'],
  ['max_tokens', 'length'],
  ['MAX_TOKENS', 'length'],
  ['sensitive', 'content_filter'],
  ['network_error', 'error'],
  ['eos', 'eos'],
])('the reason %s is %s', async (given, reason) => {
  expect((await clean(delta('x'), stop(given), done)).reasons).toEqual([reason])
})

test.each<[string, string[], string]>([
  ['ends without a reason', [delta('half')], 'ended before'],
  ['is empty', [], 'no event stream'],
  ['ends in half a chunk', [delta('half'), 'data: {"choices":[{"delta":{"content":"ha'], 'not JSON'],
  ['has a broken chunk', [delta('half'), 'data: {nope\n\n', stop(), done], 'not JSON'],
  [
    'has an error',
    [delta('half'), frame({ error: { code: 429, message: 'quota' } }), stop(), done],
    'status 429: quota',
  ],
  ['has an error that is text', [frame({ error: 'overloaded' }), done], 'overloaded'],
  [
    'has errors of Workers AI',
    [frame({ response: 'half' }), frame({ errors: [{ code: 3040, message: 'busy' }] }), done],
    'busy',
  ],
  ['has an event error', [delta('half'), 'event: error\ndata: {"message":"overloaded"}\n\n', done], 'overloaded'],
  ['is an error object', [frame({ object: 'error', message: 'too long', code: 400 })], 'status 400: too long'],
  ['is an error as JSON', [JSON.stringify({ error: { message: 'quota', code: 429 } })], 'status 429: quota'],
  ['is JSON without a reply', [JSON.stringify({ usage: { prompt_tokens: 1 } })], 'no event stream'],
  ['is a web page', ['<html>\n<body>sign in</body></html>'], 'sign in'],
  ['is of Workers AI and breaks off', [frame({ response: 'half' })], 'ended before'],
  ['has a line without end', ['data: ', 'x'.repeat(1_100_000)], 'too long'],
  ['has an event without end', Array.from({ length: 20 }, () => `data: ${'x'.repeat(100_000)}\n`), 'too long'],
])('a stream that %s has failed, and says why', async (_, parts, message) => {
  const cleaning = new Response(cleanModelStream(streamOf(...parts), { onActivity: () => {} })).text()
  await expect(cleaning).rejects.toThrow(message)
})

test.each([
  ['[DONE]', [delta('whole'), stop(), done]],
  ['the reason to finish', [delta('whole'), stop()]],
])('a reply is over with %s, also if the server leaves the connection open', async (_, parts) => {
  const cancelled = Promise.withResolvers<void>()
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const part of parts) controller.enqueue(encoder.encode(part))
    },
    cancel: () => cancelled.resolve(),
  })
  const text = await new Response(cleanModelStream(body, { onActivity: () => {}, graceMs: 1 })).text()
  expect(text).toMatch(/whole.*\[DONE\]/s)
  await cancelled.promise
})

test('a connection that breaks after the reason to finish does not matter; before, it does', async () => {
  const broken = (error: Error, ...parts: string[]) => {
    const left = parts.map(part => encoder.encode(part))
    return new ReadableStream<Uint8Array>({
      pull(controller) {
        const next = left.shift()
        if (next) controller.enqueue(next)
        else controller.error(error)
      },
    })
  }
  const read = (body: ReadableStream<Uint8Array>) =>
    new Response(cleanModelStream(body, { onActivity: () => {} })).text()
  const cut = new TypeError('terminated')
  expect(await read(broken(cut, delta('whole'), stop()))).toContain('whole')
  await expect(read(broken(cut, delta('half')))).rejects.toThrow('The connection broke off: TypeError: terminated')
  const stopped = new DOMException('stopped by us', 'AbortError')
  await expect(read(broken(stopped, delta('half')))).rejects.toBe(stopped)
})

test('cancelling the cleaned stream closes the connection to the server', async () => {
  const cancel = vi.fn()
  const body = new ReadableStream<Uint8Array>({
    start: controller => controller.enqueue(encoder.encode(delta('x'))),
    cancel,
  })
  const reader = cleanModelStream(body, { onActivity: () => {} }).getReader()
  await reader.read()
  const pending = reader.read()
  await reader.cancel('stop')
  expect(cancel).toHaveBeenCalled()
  expect(await pending).toEqual({ value: undefined, done: true })
})

test('whatever comes over the line is a sign of life', async () => {
  const onActivity = vi.fn()
  await new Response(
    cleanModelStream(streamOf(': ping\n\n', 'event: ping\ndata: {}\n\n', delta('x'), stop(), done), { onActivity }),
  ).text()
  expect(onActivity).toHaveBeenCalledTimes(5)
})

test.each(seeds(30))('seed %i: a stream is read the same however it is cut into chunks', async seed => {
  const { roll, pick, chance } = randomChoices(seed)
  const words = Array.from({ length: 10 }, () => pick(['a ', 'é', '😀', '\n', '"', '\\', '{', '\u2028', '\ud83d']))
  const noise = () => (chance(0.3) ? pick([': ping\r\n\r\n', 'event: ping\ndata: {}\n\n', 'data: null\n\n']) : '')
  const text = `${chance(0.5) ? '\ufeff' : ''}${words.map(word => noise() + delta(word)).join('')}${stop()}${noise()}${done}`
  const bytes = encoder.encode(text)
  const parts: Uint8Array[] = []
  for (let at = 0; at < bytes.length; ) {
    const length = chance(0.2) ? 1 + roll(200) : 1 + roll(3)
    parts.push(bytes.slice(at, at + length))
    at += length
  }
  expect((await clean(...parts)).text).toBe(words.join(''))
})
