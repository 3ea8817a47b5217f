import { type Case, dialectCase, type ExpectedAnswer } from './case.ts'

const plain = { dialect: 'plain', path: '/ws/circles/{circle}' }
const events = { dialect: 'events', path: '/ws?circle={circle}' }
const text = { dialect: 'text', path: '/ws/chat/pickle' }

const error = (code: string): ExpectedAnswer => ({
  expected: code,
  matches: frame => frame.type === 'error' && frame.data?.code === code && 'timestamp' in frame,
})
const message = (content: string): ExpectedAnswer => ({
  expected: 'a message',
  matches: frame => frame.type === 'message' && frame.content === content && frame.data?.content === content,
})
const invalid: ExpectedAnswer = {
  expected: 'a validation error',
  matches: frame =>
    Object.keys(frame).join() === 'type,message' &&
    frame.type === 'error' &&
    /^Validation error: ./.test(String(frame.message)),
}
const failure: ExpectedAnswer = { expected: 'an error', matches: frame => Object.keys(frame).join() === 'error' }

const stored = (testCase: Case): Case => ({ ...testCase, storedEvents: 1 })

/** Bad frames in the plain, events and text dialects. */
export const dialectCases: Case[] = [
  ...['{nope', '[]', '123', '"x"', 'null', 'hello', '<script>', '{"a":1} and more', '[{"type":"ping"}]'].map(content =>
    stored(dialectCase(plain, `${content}, as text`, content, message(content))),
  ),
  stored(
    dialectCase(
      plain,
      'a forged identity',
      '{"content":"x","user_id":"admin","role":"owner","seq":9,"data":{"user_id":"admin"}}',
      {
        expected: 'a message of the sender',
        matches: frame => message('x').matches(frame) && frame.data?.user_id !== 'admin',
      },
    ),
  ),
  stored(
    dialectCase(plain, 'an own key __proto__', '{"content":"x","__proto__":{"polluted":1}}', {
      expected: 'a message',
      matches: frame => message('x').matches(frame) && !('polluted' in {}),
    }),
  ),
  dialectCase(plain, 'an empty frame', '', error('empty')),
  dialectCase(plain, 'only spaces', '   ', error('empty')),
  dialectCase(plain, '{}', '{}', error('empty')),
  dialectCase(plain, 'content is null', '{"content":null}', error('empty')),
  dialectCase(plain, 'content is a number', '{"content":1}', error('invalid')),
  dialectCase(plain, 'content is an object', '{"data":{"content":{"a":1}}}', error('invalid')),
  dialectCase(plain, 'data is null', '{"type":"message","data":null}', error('empty')),
  dialectCase(plain, 'an unknown type', '{"type":"agent_message","content":"x"}', error('unknown_type')),
  dialectCase(plain, 'type is null', '{"type":null,"content":"x"}', error('unknown_type')),
  dialectCase(plain, 'type __proto__', '{"type":"__proto__","content":"x"}', error('unknown_type')),
  dialectCase(plain, 'auth without a token', '{"type":"auth"}', error('unauthenticated')),
  dialectCase(plain, 'a message over 32 KiB', 'x'.repeat(32_769), error('too_large')),
  dialectCase(plain, 'over 64 KiB', 'x'.repeat(65_537), error('too_large')),
  dialectCase(plain, 'binary', Buffer.from('hello'), error('bad_frame')),
  dialectCase(plain, 'nested 4,000 levels deep', '{"a":'.repeat(4_000), error('too_deep')),
  dialectCase(plain, 'a lone surrogate', '{"content":"\\udc00"}', error('invalid')),
  dialectCase(events, 'not JSON', 'hello', invalid),
  dialectCase(events, 'a list', '[]', invalid),
  dialectCase(events, 'no source', '{"content":"x"}', invalid),
  dialectCase(events, 'no content', '{"source":"x"}', invalid),
  dialectCase(events, 'an empty source', '{"source":"","content":"x"}', invalid),
  dialectCase(events, 'a source of 65 characters', `{"source":"${'x'.repeat(65)}","content":"x"}`, invalid),
  dialectCase(events, 'a source of control characters', '{"source":"\\u0000","content":"x"}', invalid),
  dialectCase(events, 'only spaces', '{"source":"x","content":"  "}', invalid),
  dialectCase(events, 'an agent that does not exist', '{"source":"x","content":"x","agent_id":"nobody"}', invalid),
  dialectCase(events, 'an invalid agent id', '{"source":"x","content":"x","agent_id":"../x"}', invalid),
  dialectCase(events, 'content is a number', '{"source":"x","content":1}', invalid),
  dialectCase(events, 'nested 4,000 levels deep', '['.repeat(4_000), invalid),
  dialectCase(events, 'binary', Buffer.from('hello'), invalid),
  dialectCase(text, 'an empty frame', '', failure),
  dialectCase(text, 'over 32 KiB', 'x'.repeat(32_769), failure),
  dialectCase(text, 'binary', Buffer.from('hello'), failure),
]
