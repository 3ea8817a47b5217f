import { expect, test } from 'vitest'
import { greetingFor } from '../../scripts/start-greeting.mjs'
import { environment } from '../../scripts/toolchain.mjs'

const args = (...rest: string[]) => ['dev', '--ip', '127.0.0.1', '--var', 'AUTH:open', '--var', 'LOG:faults', ...rest]
const ready = { hasIpv6: true, problem: null }
const lastLineOf = (...rest: string[]) =>
  greetingFor(8000, ready, args(...rest))
    .trim()
    .split('\n')
    .at(-1)

test.each([
  [[], 'Anyone on this computer can join, and no one from outside. Messages are stored in .wrangler/state.'],
  [
    ['--var', 'AUTH:token'],
    'Anyone on this computer who has a token can join, and no one from outside. Messages are stored in .wrangler/state.',
  ],
  [
    ['--var=AUTH:token', '--persist-to=/srv/state'],
    'Anyone on this computer who has a token can join, and no one from outside. Messages are stored in /srv/state.',
  ],
  [
    ['--persist-to', '/srv/state', '--var', 'LOG:all', 'AUTH:token'],
    'Anyone on this computer who has a token can join, and no one from outside. Messages are stored in /srv/state.',
  ],
  [
    ['--ip', '0.0.0.0'],
    'Anyone who reaches this computer over the network can join, under any name. Messages are stored in .wrangler/state.',
  ],
  [
    ['--ip=0.0.0.0', '--var', 'AUTH:token'],
    'Anyone who reaches this computer over the network and who has a token can join. Messages are stored in .wrangler/state.',
  ],
])('npm start -- %j prints who can join, and where messages are stored', (rest, sentence) => {
  expect(lastLineOf(...rest)).toBe(`${sentence} Ctrl-C ends it.`)
})

test('npm start shows examples that work: without a token only if none is needed', () => {
  expect(greetingFor(8000, { ...ready, hasIpv6: false }, args())).toContain(
    'curl -X POST http://localhost:8000/api/circles/lobby/messages',
  )
  const greeting = greetingFor(9000, ready, args('--var', 'AUTH:token'))
  expect(greeting).not.toContain('curl')
  expect(greeting).toContain('circles-rooms token --sub me')
})

test('npm start says why nobody can join, and what to do about it', () => {
  const problem = 'AUTH is "token": set AUTH_SECRET.'
  const greeting = greetingFor(8000, { hasIpv6: true, problem }, args('--var', 'AUTH:token'))
  expect(greeting).toContain(`  ${problem}\n`)
  expect(greeting).toContain('echo "AUTH_SECRET=$(openssl rand -hex 32)" >> .dev.vars')
  expect(greeting).not.toContain('circles-rooms token')
  expect(greeting).toContain('\nNobody can join. Messages are stored in .wrangler/state.')
  expect(greetingFor(8000, { hasIpv6: true, problem: 'LIMITS is no JSON.' }, args())).not.toContain('AUTH_SECRET')
})

test('every script switches off what wrangler shows without a token', () => {
  expect(environment()).toMatchObject({ X_LOCAL_EXPLORER: 'false', X_LOCAL_OBSERVABILITY: 'false' })
})
