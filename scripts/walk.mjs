// npm run walk: prints the files of src/rooms and src/agents in which a function ran while one message of a joined native
// session is received and delivered. That is how many files a reader must open to follow one message. Each line gives the
// number of functions that ran in a file; `npm run walk -- --functions` lists them with their line numbers.
//
// The real Worker and the real Durable Object run in plain Node; only the platform below them is faked. Two guests join
// one circle, and a fake clock runs until all timers of joining have gone off. Then V8's precise coverage is reset, one
// message is sent, and everything is counted that runs until both sessions have the message and the event is over: the
// synchronous run of the frame (storage, both deliveries, attachments, the alarm), then the promises and 0 ms timers it
// leaves behind. Later timers and alarms do not count, nor does the top level of a module.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { Session } from 'node:inspector/promises'
import nodeModule from 'node:module'
import { join, relative } from 'node:path'
import { mock } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { deserialize, serialize } from 'node:v8'
import { install, main, node, root, run } from './toolchain.mjs'

// ── Everything here that names the measured code. After a rename, change these lines only.
const folders = ['src/rooms', 'src/agents']
const worker = 'src/worker.ts' // its default export serves requests
const circleClass = 'CircleObject' // the worker's export that is the Durable Object of a circle
const circleName = 'walk'
const joinPath = name => `/ws/circles/${circleName}?name=${name}`
const nativeDialect = 'circles.v1'
const message = { type: 'message', id: 'm1', data: { content: 'Hello, Bob! Shall we have lunch?' } } // asks no agent
const delivered = { Ada: ['ack', 'message'], Bob: ['message'] } // the types of the frames that each receives
/** The Worker's bindings and settings, as wrangler.toml and `npm start` have them. */
const environmentOf = (circles, others, agent) => ({
  CIRCLES: circles,
  WORKSPACES: others,
  AGENT_CHANNELS: others,
  PASSES: others,
  REGISTER: others,
  STATS: others,
  AGENT_PICKLE: agent,
  AGENT_SCRIBE: agent,
  AUTH: 'open',
  LOG: 'faults',
})
// ── End of the names.

const idleMs = 30_000 // between joining and the message: longer than any timer of joining, shorter than H3's silence
const stepMs = 100 // of the fake clock
const quietFlag = '--disable-warning=ExperimentalWarning' // for node:sqlite; it also marks the process that measures
// Coverage is less precise in functions loaded from Node's compile cache (Node's docs, module.enableCompileCache).
const exact = { NODE_DISABLE_COMPILE_CACHE: '1' }

await main(async () => {
  const args = process.argv.slice(2)
  if (!process.execArgv.includes(quietFlag)) {
    await install()
    return run(node, [quietFlag, fileURLToPath(import.meta.url), ...args], exact)
  }
  const files = await measure()
  for (const [path, functions] of files) {
    console.log(`${`${functions.length}`.padStart(3)}  ${path}`)
    if (args.includes('--functions')) for (const { name, line } of functions) console.log(`       ${line}: ${name}`)
  }
  console.log(`${files.length} files of ${folders.join(' and ')} ran while one message was received and delivered`)
  return 0
})

/** Resolves with the files in which a function ran for one message: path and functions, sorted by path. */
async function measure() {
  const profiler = new Session()
  profiler.connect()
  await profiler.post('Profiler.enable')
  await profiler.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true }) // before anything is compiled
  mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'], now: Date.UTC(2026, 10, 21, 9) })
  const { object, sockets, settle, open } = await startCircle()
  for (const name of Object.keys(delivered)) await open(name)
  await settle(idleMs)
  for (const { frames } of sockets)
    assert.notEqual(frames.splice(0).length, 0, 'a session that joins receives a welcome')

  await profiler.post('Profiler.takePreciseCoverage') // resets the counts
  await object.webSocketMessage(sockets[0], JSON.stringify(message))
  await settle(0)
  const { result } = await profiler.post('Profiler.takePreciseCoverage')

  const types = sockets.map(({ frames }) => frames.map(({ type }) => type).sort())
  assert.deepEqual(
    types,
    Object.values(delivered),
    'both receive the message, Ada also its ack, and nothing else is sent',
  )
  return result
    .filter(({ url }) => folders.some(folder => pathOf(url).startsWith(`${folder}/`)))
    .map(script => [pathOf(script.url), functionsThatRan(script)])
    .filter(([, functions]) => functions.length > 0)
    .sort(([one], [other]) => (one < other ? -1 : 1))
}

function pathOf(url) {
  return url.startsWith('file:') ? relative(root, fileURLToPath(url)).replaceAll('\\', '/') : url
}

function functionsThatRan({ url, functions }) {
  const isTopLevel = ({ functionName, ranges }) => functionName === '' && ranges[0].startOffset === 0
  const ran = functions.filter(one => one.ranges[0].count > 0 && !isTopLevel(one))
  if (ran.length === 0) return []
  const source = readFileSync(fileURLToPath(url), 'utf8') // Node strips types to blanks, so offsets stay the same
  const lineAt = offset => source.slice(0, offset).split('\n').length
  return ran.map(({ functionName, ranges }) => ({
    name: functionName || '(anonymous)',
    line: lineAt(ranges[0].startOffset),
  }))
}

/** Starts the circle's object on a fake platform. */
async function startCircle() {
  fakeGlobals()
  const module = await import(pathToFileURL(join(root, worker)).href)
  const sockets = []
  const storage = await fakeStorage()
  const state = {
    id: { name: circleName },
    storage,
    waitUntil: () => {},
    blockConcurrencyWhile: work => work(),
    acceptWebSocket: socket => sockets.push(socket),
    getWebSockets: () => sockets,
    setWebSocketAutoResponse: () => {},
    getWebSocketAutoResponseTimestamp: () => null,
    abort: reason => assert.fail(reason),
  }
  const silent = new Proxy({}, { get: () => async () => undefined }) // every method resolves with undefined
  const agent = {
    describe: async () => ({ id: 'a', name: 'A', description: '' }),
    turn: () => assert.fail('an agent was called'),
  }
  const env = environmentOf({ getByName: () => object }, { getByName: () => silent }, agent)
  const object = new module[circleClass](state, env)

  /** Advances the clock: timers and the alarm go off when they are due, and promises settle in between. */
  const settle = async ms => {
    for (let passed = 0; passed <= ms; passed += stepMs) {
      mock.timers.tick(passed === 0 ? 0 : stepMs)
      await eventsOver()
      if (passed > 0 && storage.takeAlarm(Date.now())) await object.alarm()
      await eventsOver()
    }
  }
  const open = async name => {
    const headers = { upgrade: 'websocket', 'sec-websocket-protocol': nativeDialect }
    const request = new Request(`http://localhost${joinPath(name)}`, { headers })
    const answer = await module.default.fetch(request, env, { waitUntil: () => {}, passThroughOnException: () => {} })
    if (!answer.ok) throw new Error(`${name} was refused: ${await answer.text()}`)
  }
  await settle(0)
  return { object, sockets, settle, open }
}

/** Resolves when promises have settled and the event loop has turned a few times. */
async function eventsOver() {
  for (let turn = 0; turn < 5; turn++) await new Promise(resolve => setImmediate(resolve))
}

/** Adds what workerd has and Node lacks. */
function fakeGlobals() {
  const classes = 'export class DurableObject { constructor(ctx, env) { Object.assign(this, { ctx, env }) } }'
  const url = `data:text/javascript,${encodeURIComponent(classes)}`
  const resolve = (specifier, context, next) =>
    specifier === 'cloudflare:workers' ? { url, shortCircuit: true } : next(specifier, context)
  nodeModule.registerHooks({ resolve })
  globalThis.WebSocketRequestResponsePair = class {}
  globalThis.WebSocketPair = class {
    0 = fakeSocket()
    1 = fakeSocket()
  }
  // Node refuses to construct a response of status 101.
  globalThis.Response = class extends Response {
    constructor(body, init = {}) {
      super(body, init.status === 101 ? { headers: init.headers } : init)
    }
  }
}

/** The server's end of a WebSocket, whose attachment is serialized as for hibernation. */
function fakeSocket() {
  let attachment = serialize(null)
  const frames = [] // sent to the client, parsed
  return {
    frames,
    readyState: WebSocket.OPEN,
    bufferedAmount: 0, // the client takes everything at once
    send: text => void frames.push(...[JSON.parse(text)].flat()),
    close() {
      this.readyState = WebSocket.CLOSED
    },
    serializeAttachment(value) {
      attachment = serialize(value)
    },
    deserializeAttachment: () => deserialize(attachment),
  }
}

/** A Durable Object's storage on SQLite in memory, with its alarm. */
async function fakeStorage() {
  const { DatabaseSync } = await import('node:sqlite')
  const database = new DatabaseSync(':memory:')
  let alarm = null // ms since the Unix epoch
  const exec = (statement, ...values) => {
    const prepared = database.prepare(statement)
    const columns = prepared.columns().map(({ name }) => name)
    prepared.setReturnArrays(true)
    const rows = prepared.all(...values.map(value => (value instanceof ArrayBuffer ? new Uint8Array(value) : value)))
    const toArray = () => rows.map(row => Object.fromEntries(row.map((value, at) => [columns[at], value])))
    return { toArray, raw: () => rows.values(), rowsRead: rows.length, rowsWritten: 0 }
  }
  return {
    sql: { exec, databaseSize: 65_536 },
    transactionSync(work) {
      database.exec('SAVEPOINT work')
      try {
        return work()
      } catch (error) {
        database.exec('ROLLBACK TO work')
        throw error
      } finally {
        database.exec('RELEASE work')
      }
    },
    sync: async () => {},
    getAlarm: async () => alarm,
    setAlarm: async at => {
      alarm = Number(at)
    },
    deleteAlarm: async () => {
      alarm = null
    },
    /** Returns whether the alarm is due, and clears it if it is. */
    takeAlarm(now) {
      const isDue = alarm !== null && alarm <= now
      if (isDue) alarm = null
      return isDue
    },
  }
}
