import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { root } from '../../scripts/toolchain.mjs'

const script = join(root, 'packages/create-circles-rooms/index.mjs')

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'circles-create-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

function create(cwd: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], { cwd, encoding: 'utf8' })
  return { status, stdout, stderr }
}

test('a project has the name of its folder, our version, and files that git ignores', () => {
  const folder = emptyFolder()
  const { status, stdout } = create(folder, 'Team-Room', '--no-install')
  expect([status, stdout]).toEqual([0, '\nMade team-room. Next:\n\n  cd Team-Room\n  npm install\n  npm run dev\n\n'])
  const read = (path: string) => readFileSync(join(folder, 'Team-Room', path), 'utf8')
  const { name, dependencies } = JSON.parse(read('package.json'))
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  expect([name, dependencies['circles-rooms']]).toEqual(['team-room', `^${version}`])
  expect(read('wrangler.toml')).toContain('name = "team-room"\n')
  expect(read('README.md')).toMatch(/^# team-room\n/)
  expect(read('.gitignore').split('\n')).toEqual(expect.arrayContaining(['.dev.vars', '.prod.vars*']))
  expect(read('.dev.vars')).toMatch(/^AUTH_SECRET=[0-9a-f]{64}\n$/) // or else wrangler warns that it is missing
  expect(statSync(join(folder, 'Team-Room/.dev.vars')).mode & 0o077).toBe(0)
  expect(existsSync(join(folder, 'Team-Room/_gitignore'))).toBe(false)
})

test('--circles sets the dependency: a version as it is, a tarball by its path from the new folder', () => {
  const folder = emptyFolder()
  writeFileSync(join(folder, 'circles.tgz'), '')
  const specOf = (name: string) =>
    JSON.parse(readFileSync(join(folder, name, 'package.json'), 'utf8')).dependencies['circles-rooms']
  for (const [name, given, expected] of [
    ['a', '0.1.0-rc.1', '0.1.0-rc.1'],
    ['b', 'circles.tgz', 'file:../circles.tgz'],
    ['c', `file:${join(folder, 'circles.tgz')}`, 'file:../circles.tgz'],
    ['d', 'github:acme/circles', 'github:acme/circles'],
  ] as const) {
    expect(create(folder, name, '--no-install', '--circles', given).status).toBe(0)
    expect(specOf(name)).toBe(expected)
  }
})

test('what cannot be made is refused with a sentence, and nothing is written', () => {
  const folder = emptyFolder()
  writeFileSync(join(folder, 'full'), '')
  expect(create(folder)).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('Usage: npm create circles-rooms'),
  })
  expect(create(folder, 'a b', '--no-install')).toMatchObject({ status: 2, stderr: expect.stringContaining('"a b"') })
  expect(create(folder, '.', '--no-install').stderr).toMatch(/is not empty|cannot be the name/)
  expect(existsSync(join(folder, 'a b'))).toBe(false)
})

test('template and package have one version, and the template’s tools are ours', () => {
  const read = (path: string) => JSON.parse(readFileSync(join(root, path), 'utf8'))
  const own = read('package.json')
  const template = read('packages/create-circles-rooms/template/package.json')
  expect(read('packages/create-circles-rooms/package.json').version).toBe(own.version)
  const tools: Record<string, string> = template.devDependencies
  for (const [name, range] of Object.entries(tools)) {
    expect(`${name} ${own.devDependencies[name]?.split('.')[0]}`).toBe(`${name} ${range.slice(1).split('.')[0]}`)
  }
})
