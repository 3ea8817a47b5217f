import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { expect, test } from 'vitest'

const program = `
  import { circles, defineCircle, defineProtocol, refuse } from './src/server/index.ts'
  export { CircleDirectory, TokenRegistry } from './src/server/index.ts'
  const protocol = defineProtocol({ events: {}, commands: {} })
  export class TeamCircle extends defineCircle(protocol, { beforeMessage: () => refuse('forbidden', 'No.') }) {}
  export default { fetch: circles({ protocol }).fetch }
`

test('a Worker of circles alone is under 160,000 bytes gzipped: no package of agents, the page or the command line is in it', async () => {
  const { outputFiles, metafile } = await build({
    stdin: { contents: program, resolveDir: `${import.meta.dirname}/../..`, loader: 'ts' },
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    external: ['cloudflare:*', 'node:*'],
    conditions: ['workerd', 'worker', 'browser'],
  })
  const packages = Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([path, { bytesInOutput }]) =>
      bytesInOutput > 0 ? (path.match(/node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1] ?? []) : [],
    ),
  )
  expect([...new Set(packages)].toSorted()).toEqual(['hono', 'jose', 'zod'])
  // Parts of zod that our schemas do without: 2.4 KB. A Worker whose own schemas use them has them.
  const [{ text = '' } = {}] = outputFiles
  expect(text).toContain('"object"')
  for (const name of ['tuple', 'record', 'lazy']) expect(text).not.toContain(`type:"${name}"`)
  const files = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.keys(inputs))
  expect(files.filter(path => /connected/.test(path))).toEqual([]) // agents that connect are passed in
  const bytes = outputFiles.reduce((sum, { contents }) => sum + gzipSync(contents).byteLength, 0)
  expect(bytes).toBeLessThan(160_000)
})
