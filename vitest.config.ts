import { createRequire } from 'node:module'
import { cloudflareTest } from '@cloudflare/vitest-plugin'
import { defineConfig } from 'vitest/config'

// wrangler brings a newer workerd than the test plugin does; tests run on the one that serves `npm start`.
const wrangler = createRequire(createRequire(import.meta.url).resolve('wrangler/package.json'))
process.env.MINIFLARE_WORKERD_PATH ??= wrangler('workerd').default
process.env.AUTH_SECRET = 'only the tests sign with this secret'

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'node',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.{workerd,browser,server}.test.ts'],
        },
      },
      {
        plugins: [
          cloudflareTest({
            wrangler: { configPath: './wrangler.toml' },
            miniflare: { bindings: { AUTH: 'open' } },
          }),
        ],
        test: { name: 'workerd', include: ['test/**/*.workerd.test.ts'] },
      },
    ],
  },
})
