import { other, type Row } from './case.ts'
import type { Frame } from './harness.ts'

const plain = { path: '/ws/circles/{circle}' }
const events = { path: '/ws?circle={circle}' }
const text = { path: '/ws/chat/pickle' }

const refused = (code: string) => (frame: Frame) =>
  frame.type === 'error' && frame.data?.code === code && 'timestamp' in frame
const said = (content: string) => (frame: Frame) =>
  frame.type === 'message' && frame.content === content && frame.data?.content === content
const invalid = (frame: Frame) =>
  Object.keys(frame).join() === 'type,message' &&
  frame.type === 'error' &&
  /^Validation error: ./.test(String(frame.message))
const failed = (frame: Frame) => Object.keys(frame).join() === 'error'

/** The plain, events and text dialects. */
export const dialectRows: Row[] = [
  ...['{nope', '[]', '123', '"x"', 'null', 'hello', '<script>', '{"a":1} and more', '[{"type":"ping"}]'].map(line =>
    other('plain', plain, `${line}, a line of text`, line, said(line), 1),
  ),
  other(
    'plain',
    plain,
    'an identity forged',
    '{"content":"x","user_id":"admin","role":"owner","seq":9,"data":{"user_id":"admin"}}',
    frame => said('x')(frame) && frame.data?.user_id !== 'admin',
    1,
  ),
  other(
    'plain',
    plain,
    'own keys __proto__',
    '{"content":"x","__proto__":{"polluted":1}}',
    frame => said('x')(frame) && !('polluted' in {}),
    1,
  ),
  other('plain', plain, 'nothing', '', refused('empty')),
  other('plain', plain, 'only spaces', '   ', refused('empty')),
  other('plain', plain, '{}', '{}', refused('empty')),
  other('plain', plain, 'content null', '{"content":null}', refused('empty')),
  other('plain', plain, 'content a number', '{"content":1}', refused('invalid')),
  other('plain', plain, 'content an object', '{"data":{"content":{"a":1}}}', refused('invalid')),
  other('plain', plain, 'data null', '{"type":"message","data":null}', refused('empty')),
  other('plain', plain, 'a type nobody knows', '{"type":"agent_message","content":"x"}', refused('unknown_type')),
  other('plain', plain, 'type null', '{"type":null,"content":"x"}', refused('unknown_type')),
  other('plain', plain, 'type __proto__', '{"type":"__proto__","content":"x"}', refused('unknown_type')),
  other('plain', plain, 'auth without a token', '{"type":"auth"}', refused('unauthenticated')),
  other('plain', plain, 'a line over 32 KiB', 'x'.repeat(32_769), refused('too_large')),
  other('plain', plain, 'over 64 KiB', 'x'.repeat(65_537), refused('too_large')),
  other('plain', plain, 'binary', Buffer.from('hello'), refused('bad_frame')),
  other('plain', plain, 'nested 4,000 deep', '{"a":'.repeat(4_000), refused('too_deep')),
  other('plain', plain, 'a lone surrogate', '{"content":"\\udc00"}', refused('invalid')),
  other('events', events, 'no JSON', 'hello', invalid),
  other('events', events, 'a list', '[]', invalid),
  other('events', events, 'no source', '{"content":"x"}', invalid),
  other('events', events, 'no content', '{"source":"x"}', invalid),
  other('events', events, 'an empty source', '{"source":"","content":"x"}', invalid),
  other('events', events, 'a source of 65 characters', `{"source":"${'x'.repeat(65)}","content":"x"}`, invalid),
  other('events', events, 'a source of controls', '{"source":"\\u0000","content":"x"}', invalid),
  other('events', events, 'only spaces', '{"source":"x","content":"  "}', invalid),
  other('events', events, 'an agent that is not there', '{"source":"x","content":"x","agent_id":"nobody"}', invalid),
  other('events', events, 'an agent id that is none', '{"source":"x","content":"x","agent_id":"../x"}', invalid),
  other('events', events, 'content a number', '{"source":"x","content":1}', invalid),
  other('events', events, 'nested 4,000 deep', '['.repeat(4_000), invalid),
  other('events', events, 'binary', Buffer.from('hello'), invalid),
  other('text', text, 'nothing', '', failed),
  other('text', text, 'over 32 KiB', 'x'.repeat(32_769), failed),
  other('text', text, 'binary', Buffer.from('hello'), failed),
  other('text', { path: '/ws/chat/nobody' }, 'an agent that is not there', 'hello', failed),
]
