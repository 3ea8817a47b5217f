import { createRequire } from 'node:module'
import { join } from 'node:path'
import { cloudflareTest } from '@cloudflare/vitest-plugin'
import { defineConfig } from 'vitest/config'
import { settingsOfRun } from './test/support/behind-relays.ts'

// wrangler brings a newer workerd than the test plugin does; tests run on the one that serves `npm start`.
const wrangler = createRequire(createRequire(import.meta.url).resolve('wrangler/package.json'))
process.env.MINIFLARE_WORKERD_PATH ??= wrangler('workerd').default
process.env.AUTH_SECRET = 'only the tests sign with this secret'

const own = 'test/**/*.{workerd,browser,server,full}.test.{ts,tsx}'

// They replace modules, or look at state of a module: the client and the page have one for a tab.
const isolated = [
  'test/{client,web}/**/*.test.{ts,tsx}',
  'test/http/middleware/access-log.test.ts',
  'test/rooms/object/unidentified-sockets.test.ts',
]

// What `circles` is to a Worker that installed it.
const source = (path: string) => join(import.meta.dirname, 'src', path)
const resolve = {
  alias: {
    'circles-rooms/agent/testing': source('agents/kit/testing.ts'),
    'circles-rooms/agent': source('agents/kit/agent.ts'),
    'circles-rooms/ai': source('agents/kit/ai.ts'),
    'circles-rooms/protocol': source('protocol/protocol.ts'),
    'circles-rooms/server': source('server/index.ts'),
    'circles-rooms/testing': source('testing/index.ts'),
    'circles-rooms/router': source('router/index.ts'),
  },
}

// Only what hangs: no test is about how long it takes, and machines are slow at times.
const patience = { testTimeout: 120_000, hookTimeout: 120_000, expect: { poll: { timeout: 60_000 } } }

const globalSetup = 'test/support/bundle-once.ts'

// Takes events from a queue and as a service, and shows what it got.
const sinkReceiver = {
  name: 'sink-receiver',
  modules: true,
  scriptPath: 'test/rooms/outbound/sinks/receiver.mjs',
  compatibilityDate: '2026-10-28',
  queueConsumers: { sink: { maxBatchTimeout: 0 } },
}

export default defineConfig({
  test: {
    maxWorkers: '100%', // most tests wait more than they work
    // An object that wakes once its tests are over (a socket's end reaches it late) finds the runner gone, and cannot load
    // its code from there. That is the end of the run, not of a test; every other error counts.
    onUnhandledError: error => !(error.name === 'EnvironmentTeardownError' && /Closing rpc while/.test(error.message)),
    projects: [
      {
        resolve,
        test: {
          name: 'node',
          include: ['test/**/*.test.{ts,tsx}', 'examples/*/test/*.test.ts'],
          exclude: [own, ...isolated],
          // Loading the same modules for each of 260 files took longer than the tests. What a test replaces is put back.
          isolate: false,
          restoreMocks: true,
          unstubGlobals: true,
          unstubEnvs: true,
          ...patience,
        },
      },
      {
        resolve,
        test: { name: 'isolated', include: isolated, exclude: [own], ...patience },
      },
      {
        resolve,
        test: {
          name: 'server',
          include: ['test/**/*.server.test.ts'],
          globalSetup,
          ...patience,
        },
      },
      {
        test: {
          name: 'browser',
          include: ['test/**/*.browser.test.{ts,tsx}'],
          globalSetup,
          fileParallelism: false,
          ...patience,
        },
      },
      {
        resolve,
        test: {
          name: 'full',
          include: ['test/**/*.full.test.{ts,tsx}'],
          globalSetup,
          ...patience,
          testTimeout: 600_000,
          hookTimeout: 600_000, // packing and installing
        },
      },
      {
        resolve,
        plugins: [
          cloudflareTest({
            main: './test/support/worker.ts',
            wrangler: { configPath: './wrangler.toml' },
            miniflare: {
              bindings: {
                AUTH: 'open',
                ...settingsOfRun(),
                LOG: 'faults',
                ALLOWED_ORIGINS: 'https://circles.test',
                SINKS: JSON.stringify([
                  { queue: 'SINK_QUEUE', channels: ['circle:sink-*'] },
                  { service: 'SINK_SERVICE', channels: ['circle:sink-*'] },
                ]),
              },
              r2Buckets: ['FILES'],
              durableObjects: { OWN_CIRCLES: { className: 'OwnCircle', useSQLite: true } },
              queueProducers: { SINK_QUEUE: { queueName: 'sink' } },
              serviceBindings: {
                SINK_SERVICE: { name: 'sink-receiver', entrypoint: 'Sink' },
                SINK_RECEIVER: 'sink-receiver',
              },
              workers: [sinkReceiver],
            },
          }),
        ],
        test: { name: 'workerd', include: ['test/**/*.workerd.test.ts'], ...patience },
      },
    ],
  },
})
