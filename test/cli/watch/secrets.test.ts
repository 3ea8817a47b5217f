import { expect, test } from 'vitest'
import { containsSecret, isSecretFile } from '../../../src/cli/watch/secrets.ts'

// Joined at run time, so that no secret scanner reports this file.
const join = (...parts: string[]) => parts.join('')

test.each([
  join('-----BEGIN RSA ', 'PRIVATE KEY-----'),
  join('-----BEGIN ', 'PRIVATE KEY-----'),
  join('aws_key = AKIA', 'IOSFODNN7EXAMPLE'),
  join('+  token: gh', 'p_0123456789abcdefghijklmnopqrstuvwxyz'),
  join('xo', 'xb-123456789012-abcdefghij'),
  join('STRIPE=sk_', 'live_0123456789abcdefghij'),
  join('eyJhbGciOiJIUzI1NiJ9', '.eyJzdWIiOiJhZGEifQ', '.c2lnbmF0dXJl'),
  'DATABASE_URL=postgres://ada:hunter22@db.example.org/app',
  'password: correct-horse-battery',
  'const apiKey = "0123456789ab"',
  '"client_secret" => \'abcdefgh1234\'',
  'Authorization: Bearer 0123456789abcdef0123',
  '+q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJCrze8SNFZ4kKvN7xI0VniQ',
])('[watch] %s looks like a secret', line => {
  expect(containsSecret(`+ nothing\n${line}\n`)).toBe(true)
})

test.each([
  'diff --git a/src/token.ts b/src/token.ts',
  'index 0123456789abcdef0123456789abcdef01234567..89abcdef0123456789abcdef0123456789abcdef 100644',
  '+import { tokenOf } from "./token.ts"',
  '+  const token = await mint(options)',
  '+  if (password === undefined) return null',
  '+// a secret is never sent',
  '+/some/very/long/path/to/a/file/that/is/quite/deep/in/the/tree/index.ts',
  '+----------------------------------------------------------------',
])('[watch] %s does not look like a secret', line => {
  expect(containsSecret(line)).toBe(false)
})

test('[watch] files that hold secrets are recognised by their names', () => {
  const secretFiles = ['.env', '.env.local', 'app/.dev.vars', 'id_ed25519', 'ssl/server.key', 'cert.pem', '.npmrc']
  const otherFiles = ['env.ts', 'src/key.ts', 'keyboard.md', 'public.pub', 'pem/readme.md']
  expect(secretFiles.filter(path => !isSecretFile(path))).toEqual([])
  expect(otherFiles.filter(isSecretFile)).toEqual([])
})
