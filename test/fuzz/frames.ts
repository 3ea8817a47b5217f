import fc from 'fast-check'

// Frames that a hostile client might send: valid ones, almost valid ones, and noise.

const seq = fc.oneof(fc.integer({ min: 1, max: 60 }), fc.constantFrom(0, -1, 1.5, 2 ** 53, 1e308, '1', null, true))
const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '@pickle hello',
    '@owl @pickle',
    '',
    ' ',
    '\u0000',
    '\ud800',
    '\u202e',
    '<script>',
    'x'.repeat(33_000),
    '__proto__',
  ),
)
const id = fc.oneof(
  fc.stringMatching(/^[a-z0-9]{1,3}$/),
  fc.constantFrom('', 'a b', null, 1, 'x'.repeat(65), '__proto__'),
)
const json = fc.oneof(
  fc.jsonValue({ maxDepth: 4 }),
  fc.constantFrom(null, [], {}, { __proto__: 1 }, { a: { b: { c: [] } } }),
)
const object = fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('a', '__proto__', 'toString')), json, { maxKeys: 4 })

/** The data of each command: mostly valid, partly not. */
const data: Record<string, fc.Arbitrary<Record<string, unknown>>> = {
  message: fc.record(
    { content: text, reply_to: seq, to: fc.constantFrom('pickle', 'owl', 'nobody', 1), meta: object },
    { requiredKeys: ['content'] },
  ),
  edit: fc.record({ seq, content: text }),
  delete: fc.record({ seq }),
  react: fc.record({ seq, emoji: text, remove: fc.oneof(fc.boolean(), json) }, { requiredKeys: ['seq', 'emoji'] }),
  read: fc.record({ seq }),
  recv: fc.record({ seq }),
  typing: fc.record({ active: fc.oneof(fc.boolean(), json) }),
  presence: fc.record({ state: fc.oneof(object, json) }),
  signal: fc.record(
    { name: text, value: json, to: fc.constantFrom('ada', 'nobody', '') },
    { requiredKeys: ['name', 'value'] },
  ),
  history: fc.record({ before: seq, after: seq, limit: seq }, { requiredKeys: [] }),
  stop: fc.record({ turn: fc.oneof(fc.constantFrom('id1', 'id2', 'id3'), text) }),
  configure: fc.record(
    {
      title: text,
      default_agent: fc.constantFrom(null, 'pickle', 'nobody', '../x'),
      rules: fc.oneof(
        json,
        fc.array(
          fc.record({
            match: fc.oneof(text, fc.constantFrom('/(a+)+$/', '/[/', '*')),
            agent: fc.constantFrom('owl', 'x'),
          }),
        ),
      ),
      visibility: fc.constantFrom('public', 'private', 'x'),
      status: fc.constantFrom('active', 'paused', 'archived', 'x'),
      retention: fc.oneof(json, fc.record({ events: seq, days: seq })),
    },
    { requiredKeys: [] },
  ),
  approve: fc.record({ approval: text, note: text }),
  reject: fc.record({ approval: text }),
  auth: fc.record({ token: text }),
  ping: fc.constant({}),
}

const command = fc
  .constantFrom(...Object.keys(data))
  .chain(type => fc.record({ type: fc.constant(type), id, data: data[type] ?? object }))

/** A command with one key changed. */
const changed = fc
  .tuple(
    command,
    fc.constantFrom('type', 'id', 'data', 'from', 'role', 'seq', 'timestamp'),
    fc.oneof(json, text),
    fc.boolean(),
  )
  .map(([frame, key, value, within]) =>
    within ? { ...frame, data: { ...frame.data, [key]: value } } : { ...frame, [key]: value },
  )

const otherDialects = fc.oneof(
  fc.record(
    {
      type: fc.constantFrom('message', 'user_message', 'ping', 'pong', 'auth', 'x'),
      content: fc.oneof(text, json),
      data: json,
    },
    { requiredKeys: [] },
  ),
  fc.record(
    {
      source: fc.oneof(text, json),
      content: fc.oneof(text, json),
      agent_id: fc.constantFrom('pickle', 'nobody', null, 1),
    },
    { requiredKeys: [] },
  ),
)

const serialized = fc.oneof(command, command, changed, otherDialects).map(frame => JSON.stringify(frame))

/** One frame as it is sent over the wire. */
export const frame: fc.Arbitrary<string | ArrayBuffer> = fc.oneof(
  { weight: 12, arbitrary: serialized },
  { weight: 2, arbitrary: fc.tuple(serialized, fc.nat(60)).map(([whole, cut]) => whole.slice(0, cut)) },
  { weight: 2, arbitrary: fc.json({ maxDepth: 6 }) },
  { weight: 2, arbitrary: text },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 200 }) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 64 }).map(bytes => bytes.slice().buffer as ArrayBuffer) },
  { weight: 1, arbitrary: fc.nat(40).map(depth => '{"data":'.repeat(depth)) },
)
