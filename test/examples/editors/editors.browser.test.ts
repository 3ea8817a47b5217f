import { join } from 'node:path'
import { build } from 'vite'
import { afterAll, beforeAll, test } from 'vitest'
import type { ExampleSite } from '../example-site.ts'
import { folder, startSite } from './editors-site.ts'
import { writeTogether } from './write-together.ts'

// The editors of examples/editors that are installed in this repository; all of them: editors.full.test.ts.

const editors = ['codemirror', 'tiptap', 'textarea'] as const
let site: ExampleSite

beforeAll(async () => {
  const root = join(folder, 'page')
  await build({
    configFile: false,
    root,
    logLevel: 'warn',
    build: {
      outDir: join(folder, 'dist'),
      emptyOutDir: true,
      target: 'es2024',
      chunkSizeWarningLimit: 10_000,
      rolldownOptions: { input: editors.map(editor => join(root, `${editor}.html`)) },
    },
  })
  site = await startSite()
})
afterAll(() => site?.[Symbol.asyncDispose]())

test.each(editors)('two people write in %s over y-websocket, one of them offline for a while', editor =>
  writeTogether(site, editor),
)
