import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { environment, node, root, tool } from '../scripts/toolchain.mjs'

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const folder = mkdtempSync(join(tmpdir(), 'circles-package-'))
const inPackage = (path: string) => join(folder, 'package', path)
let output = ''
afterAll(() => rmSync(folder, { recursive: true }))

beforeAll(() => {
  const script = join(root, 'scripts/package.mjs')
  output = execFileSync(node, [script, '--check'], { cwd: root, env: environment(), encoding: 'utf8' })
  execFileSync('tar', ['-xzf', join(root, `dist/circles-rooms-${version}.tgz`), '-C', folder])
})

test('the package has types, no problems, its size, and a client and a command line that run', async () => {
  expect(output).toContain('All good!')

  // The command runs from the tarball, with nothing installed beside it.
  const circles = (...args: string[]) =>
    execFileSync(node, [inPackage('bin/circles.mjs'), ...args], { cwd: folder, encoding: 'utf8' })
  expect(circles('--version')).toBe(`${version}\n`)
  expect(circles('watch', '--help')).toContain('Usage: circles-rooms watch')

  // It holds what was built and nothing else.
  expect(readdirSync(inPackage('.')).sort()).toEqual(['LICENSE', 'README.md', 'bin', 'dist', 'package.json'])
  expect(readdirSync(inPackage('dist'))).toEqual(['package'])

  const { exports, bin } = JSON.parse(readFileSync(inPackage('package.json'), 'utf8'))
  expect(bin).toEqual({ 'circles-rooms': './bin/circles.mjs', circles: './bin/circles.mjs' })
  for (const path of Object.values<string>(exports)) expect(existsSync(inPackage(path)), path).toBe(true)
  expect(readFileSync(inPackage(exports['./react']), 'utf8')).toMatch(/^'use client'/) // for React's server components

  // The entry of the client and the one without a name are the same: the names of 0.1, and those since.
  expect(exports['.']).toEqual(exports['./client'])
  const entry = pathToFileURL(inPackage(exports['./client']))
  expect(Object.keys(await import(entry.href)).sort()).toEqual([
    'CirclesError',
    'connect',
    'createClient',
    'snapshotOf',
  ])
})

test('the components render on a server from the package, with React beside it, in English, German or words of one’s own', () => {
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules')) // of which they use React
  const { exports } = JSON.parse(readFileSync(inPackage('package.json'), 'utf8'))
  const program = `
    import { createElement as h } from 'react'
    import { renderToString } from 'react-dom/server'
    import { createClient } from ${JSON.stringify(inPackage(exports['./client']))}
    import { useCircle } from ${JSON.stringify(inPackage(exports['./react']))}
    import * as ui from ${JSON.stringify(inPackage(exports['./ui']))}
    const client = createClient('http://127.0.0.1:1', { name: 'Ada' })
    const Chat = () =>
      h(ui.ChatProvider, { channel: useCircle('demo') }, h(ui.MessageList), h(ui.Composer), h(ui.People), h(ui.Thread), h(ui.Inbox))
    const show = words => renderToString(h(ui.UiProvider, { client, words }, h(Chat)))
    const own = { language: 'en', messages: { 'composer.label': 'Say something' } }
    const html = [show(), show(await ui.loadWords('de')), show(own)]
    console.log(JSON.stringify({ names: Object.keys(ui).sort(), html }))
    client.disconnect()
  `
  const shown = execFileSync(node, ['--input-type=module', '-e', program], { cwd: folder, encoding: 'utf8' })
  const { names, html } = JSON.parse(shown)
  expect(names).toEqual([
    ...['ApprovalCard', 'ChatProvider', 'Composer', 'Inbox', 'InboxProvider', 'MessageList', 'People', 'Thread'],
    ...['TurnCard', 'Typing', 'UiProvider', 'english', 'loadWords', 'useChat', 'useChatState'],
  ])
  const fields = html.map((text: string) => /<textarea aria-label="(.*?)"/.exec(text)?.[1])
  expect(fields).toEqual(['Write a message', 'Nachricht schreiben', 'Say something'])
  expect(html[0]).toContain('aria-label="Who is here"')

  // The program of docs/ui.md compiles with the types of the package.
  const [, text = ''] = /^```tsx\n(.*?)^```$/ms.exec(readFileSync(join(root, 'docs/ui.md'), 'utf8')) ?? []
  const own = 'declare const me: { id: string }\ndeclare function fetchMyToken(): Promise<string>\n'
  const app = text.replaceAll(/'circles-rooms(\/[\w./]+)'/g, (_, entry) =>
    JSON.stringify(inPackage(exports[`.${entry}`])),
  )
  writeFileSync(join(folder, 'app.tsx'), app + own)
  writeFileSync(join(folder, 'css.d.ts'), "declare module '*.css'\n")
  const strict = ['--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess', '--skipLibCheck', 'false']
  const target = ['--target', 'es2022', '--module', 'esnext', '--moduleResolution', 'bundler', '--jsx', 'react-jsx']
  const libraries = ['--lib', 'es2023,dom,dom.iterable', '--types', '']
  const compiler = [
    tool('typescript', 'bin/tsc'),
    '--noEmit',
    ...strict,
    ...target,
    ...libraries,
    'app.tsx',
    'css.d.ts',
  ]
  const { stdout } = spawnSync(node, compiler, { cwd: folder, encoding: 'utf8' })
  expect(stdout).toBe('')

  // One style sheet, in which nothing is said about elements of the app; one React, and one client: those beside it.
  const styles = readFileSync(inPackage(exports['./ui/styles.css']), 'utf8')
  const selectors = [...styles.matchAll(/^[^\s@}].*(?=[,{]\s*$)/gm)].map(([selector]) => selector)
  expect(selectors.filter(selector => !selector.includes('.circles'))).toEqual([])
  const modules = readdirSync(inPackage('dist/package/web/ui')).filter(path => path.endsWith('.js'))
  const texts = modules.map(path => readFileSync(inPackage(`dist/package/web/ui/${path}`), 'utf8')).join('\n')
  expect(texts).toMatch(/from ["']\.\.\/\.\.\/client\/react\.js["']/)
  expect(texts).not.toMatch(
    /class Channel\b|react\.transitional\.element|\/\/ src\/(client|protocol|web\/(nav|layout|notify|panels))\//,
  )
})

test('what the sources resolve by a name of their own, the published modules resolve alike', () => {
  const read = (path: string) => JSON.parse(readFileSync(join(root, path), 'utf8')).imports
  const built = (target: unknown, condition?: string): unknown =>
    typeof target === 'string'
      ? target.replace('./', './dist/package/').replace(/\.ts$/, condition === 'types' ? '.d.ts' : '.js')
      : Object.fromEntries(Object.entries(target as object).map(([name, value]) => [name, built(value, name)]))
  expect(read('package.json')).toEqual(built(read('src/package.json')))
})
