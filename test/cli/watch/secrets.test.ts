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

test.each([
  'password = "Pa$$w0rd-2024"',
  'DB_PASSWORD=hunter2',
  'password: hunter2',
  'password=$ecret!2024',
  'db.password=my.secret.pw',
  "'password' => '{abc}(def)',",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a file of this text
  'PASSWORD="${PREFIX}hunter2"',
  'PIN=1234',
  'userPass = x',
  'const token = "abc"',
  'token = 1234',
  "define('DB_PASSWORD', 'hunter2');",
  '--password hunter2',
  'mysql -uroot -phunter2',
  "CREATE USER a IDENTIFIED BY 'hunter2'",
  'apikey hunter2',
  'Passwort=x7',
  '<password>hunter2</password>',
  'mysql --password hunter2',
  'curl -u ada:hunter2 https://example.org',
  'machine example.org login ada password hunter2',
  '  password hunter2',
  'Server=db;Pwd=hunter2;',
  'redis://:hunter2@db',
  'postgres://ada:p:ss@db/app',
  'authorization: "ApiKey x"',
  'Cookie: sid=1',
  'password: |',
  '"password":\n  "hunter2"',
  '@@ -1 +1 @@\n--- password = hunter2',
  'curl --user ada:hunter2 https://example.org',
  'http -a ada:hunter2 example.org',
  'docker login -u ada -p hunter2',
  'sshpass -p hunter2 ssh db',
  'contraseña = "hunter2"',
  'пароль: hunter2',
  '密码: hunter2',
  'p4ssw0rd = x',
  'mnemonic: abandon ability able',
  'recovery_codes: 1234-5678',
  'https://discord.com/api/webhooks/1/abc',
  'https://a.blob.core.windows.net/b?sv=1&sig=0123456789',
  join('wh', 'sec_0123456789abcdef'),
  join('sh', 'pat_0123456789abcdef'),
  join('da', 'pi0123456789abcdef0123456789abcdef'),
])('[watch] %j holds a secret', text => {
  expect(containsSecret(text)).toBe(true)
})

test.each([
  'max_tokens: 100',
  "t('password', name)",
  'mkdir -p a/b',
  'the token is read',
  '  password?: string | undefined',
  'const password = process.env.DB_PASSWORD',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a file of this text
  'PASSWORD=${PASSWORD}',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a file of this text
  'password: ${{ secrets.PASSWORD }}',
  'const token = tokenFor(user)',
  'if (a.token == b) {',
  'token = ""',
  'author: Ada',
  'const seed = 42',
  'docker run --user 1000:1000 image',
  'git commit -a -m "a: b"',
  'psql -p 5432 db',
  'compass: north',
  'export function secretOf(options: Options): string {',
])('[watch] %j holds none', text => {
  expect(containsSecret(text)).toBe(false)
})

test('[watch] the names that tools give to files with secrets are recognised', () => {
  const secretFiles = [
    ...[
      '.env.production.local',
      'prod.env',
      '.envrc',
      '.env~',
      '.netrc',
      '_netrc',
      '.yarnrc.yml',
      '.pypirc',
      'pip.conf',
    ],
    ...[
      '.pgpass',
      'pgpass.conf',
      '.my.cnf',
      '.PGPASS',
      'id_rsa',
      'ID_RSA',
      'id_ecdsa_sk',
      'id_rsa.bak',
      'deploy_ed25519',
    ],
    ...['x.p12', 'x.pfx', 'x.p8', 'x.jks', 'x.ppk', 'x.kdbx', 'x.pem.bak', 'ssh_host_rsa_key', 'private_key.txt'],
    ...[
      'kubeconfig',
      'a.kubeconfig',
      '.kube/config',
      '.docker/config.json',
      '.dockercfg',
      '.aws/credentials',
      '.ssh/config',
    ],
    ...[
      'terraform.tfstate',
      'terraform.tfstate.backup',
      'prod.tfvars',
      '.terraformrc',
      'credentials',
      'credentials.yml.enc',
    ],
    ...[
      '.git-credentials',
      '.htpasswd',
      'client_secret_1.json',
      'my-service-account.json',
      'secrets.yml',
      'secret.json',
    ],
    ...[
      '.vault-token',
      '.env (copy)',
      '.rclone.conf',
      'master.key',
      'wp-config.php',
      '.bash_history',
      'gradle.properties',
      'auth.json',
      'api_key.txt',
    ],
    ...[
      'gcp-key.json',
      'keys.txt',
      'deploy_key',
      'key.properties',
      'keystore.properties',
      'credentials.tfrc.json',
      'privkey1',
    ],
    ...['recovery-codes.txt', 'mnemonic.txt', 'wallet.json'],
    ...['passwords.txt', 'token', 'github_token', 'cookies.txt', 'appsettings.Production.json', '.config/gh/hosts.yml'],
  ]
  const otherFiles = [
    ...[
      'environment.ts',
      'docs/env.md',
      'secrets.ts',
      'src/tokens.ts',
      'src/auth/token.ts',
      'authors.txt',
      'monkey.txt',
    ],
    ...['keys.ts', 'seed.sql', 'hotkeys.json', 'wallet.tsx', 'key.svg'],
    ...['id_rsa.pub', 'package.json', 'config.json', 'settings.json', '.github/workflows/ci.yml', 'tokenizer.json'],
  ]
  expect(secretFiles.filter(path => !isSecretFile(path))).toEqual([])
  expect(otherFiles.filter(isSecretFile)).toEqual([])
})
