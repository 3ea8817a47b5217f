import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

/** The upload of a Worker: its bindings as wrangler sent them. */
type Upload = { bindings: Record<string, unknown>[] }

/** A stand-in for an account at Cloudflare, which is empty at first: it answers the calls that wrangler makes to deploy. */
export type CloudflareAccount = AsyncDisposable & {
  env: Record<string, string> // for wrangler
  uploads: Upload[]
  queues: Map<string, { consumers: unknown[] }>
  buckets: Set<string>
  secrets(): Record<string, string> // of the Worker
}

type Answer = { status?: number; result?: unknown; error?: { code: number; message: string } }
type Call = { method: string; path: string; body: string }

const noWorker: Answer = { status: 404, error: { code: 10007, message: 'workers.api.error.script_not_found' } }

/** Starts the stand-in on a free port of this machine. */
export async function startCloudflareAccount(): Promise<CloudflareAccount> {
  const uploads: Upload[] = []
  const queues: CloudflareAccount['queues'] = new Map()
  const buckets: CloudflareAccount['buckets'] = new Set()
  const secrets = new Map<string, string>()
  const state = { uploads, queues, buckets, secrets }
  const server = createServer(async (request, response) => {
    const call = { method: request.method ?? '', path: pathOf(request), body: await bodyOf(request) }
    const { status = 200, result = null, error } = answerTo(call, state)
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ success: error === undefined, errors: error ? [error] : [], messages: [], result }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    env: {
      CLOUDFLARE_API_BASE_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/client/v4`,
      CLOUDFLARE_API_TOKEN: 'stand-in',
      CLOUDFLARE_ACCOUNT_ID: 'account',
    },
    ...{ uploads, queues, buckets },
    secrets: () => Object.fromEntries(secrets),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

type State = {
  uploads: Upload[]
  queues: CloudflareAccount['queues']
  buckets: Set<string>
  secrets: Map<string, string>
}

function answerTo(call: Call, state: State): Answer {
  const { method, path } = call
  if (path === '/workers/subdomain') return { result: { subdomain: 'acme' } }
  if (path.startsWith('/queues')) return answerAboutQueues(call, state)
  if (path.startsWith('/r2/buckets')) return answerAboutBuckets(call, state)
  if (method === 'PUT' && /^\/workers\/scripts\/[^/]+$/.test(path)) return upload(call, state)
  if (path.endsWith('/assets-upload-session')) return { result: { jwt: 'uploaded', buckets: [] } }
  if (!path.startsWith('/workers/') || state.uploads.length === 0) return noWorker
  if (path.endsWith('/secrets')) {
    return { result: [...state.secrets.keys()].map(name => ({ name, type: 'secret_text' })) }
  }
  if (path.includes('/services/')) return { result: { default_environment: { environment: 'production', script: {} } } }
  if (path.endsWith('/subdomain')) return { result: { enabled: true, previews_enabled: true } }
  if (path.endsWith('/deployments')) return { result: { deployments: [] } }
  if (path.endsWith('/settings')) return { result: { bindings: state.uploads.at(-1)?.bindings } }
  if (path.includes('/workers/workers/')) {
    return { result: { id: 'w', name: 'circles', subdomain: { enabled: true, previews_enabled: true } } }
  }
  return { result: {} }
}

function answerAboutQueues({ method, path, body }: Call, { queues }: State): Answer {
  const [, , name = '', consumers] = path.split('/')
  if (method === 'GET') {
    const found = [...queues].filter(([queue]) => name === '' || queue === name)
    return { result: found.map(([queue, { consumers }]) => ({ queue_name: queue, queue_id: queue, consumers })) }
  }
  if (consumers === 'consumers') {
    queues.get(name)?.consumers.push(JSON.parse(body))
    return { result: {} }
  }
  const { queue_name: queue } = JSON.parse(body)
  if (queues.has(queue))
    return { status: 400, error: { code: 11009, message: `Queue name '${queue}' is already taken.` } }
  queues.set(queue, { consumers: [] })
  return { result: { queue_name: queue, queue_id: queue } }
}

function answerAboutBuckets({ method, path, body }: Call, { buckets }: State): Answer {
  if (method !== 'POST') {
    return buckets.has(path.split('/').at(-1) ?? '')
      ? { result: {} }
      : { status: 404, error: { code: 10006, message: 'none' } }
  }
  const { name } = JSON.parse(body)
  if (buckets.has(name)) {
    return {
      status: 409,
      error: { code: 10004, message: 'The bucket you tried to create already exists, and you own it.' },
    }
  }
  buckets.add(name)
  return { result: { name } }
}

function upload({ body }: Call, { uploads, queues, buckets, secrets }: State): Answer {
  const metadata: Upload = JSON.parse(/name="metadata"\r?\n(?:.*\r?\n)?\r?\n(.*)/.exec(body)?.[1] ?? '')
  for (const binding of metadata.bindings) {
    const missing = missingResource(binding, { queues, buckets })
    if (missing !== null) return { status: 400, error: { code: 10_000, message: `${missing} does not exist` } }
    if (binding.type === 'secret_text') secrets.set(String(binding.name), String(binding.text))
  }
  uploads.push(metadata)
  return { result: { id: 'circles', tag: 't', deployment_id: 'd', startup_time_ms: 1, etag: 'e', pipeline_hash: 'p' } }
}

function missingResource(binding: Record<string, unknown>, { queues, buckets }: Pick<State, 'queues' | 'buckets'>) {
  if (binding.type === 'queue' && !queues.has(String(binding.queue_name))) return binding.queue_name
  if (binding.type === 'r2_bucket' && !buckets.has(String(binding.bucket_name))) return binding.bucket_name
  return null
}

function pathOf({ url = '' }: IncomingMessage): string {
  return new URL(url, 'http://127.0.0.1').pathname.replace(/^\/client\/v4\/accounts\/account/, '')
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString('latin1')
}
