// What `npm start` prints once the server listens. It has to be true for every option that is passed on to wrangler.

/** The last value of an option of wrangler, `--name value` or `--name=value`; null if it is not given. */
export function lastOption(args, name) {
  const values = args.flatMap((arg, index) =>
    arg === `--${name}` ? [args[index + 1] ?? ''] : arg.startsWith(`--${name}=`) ? [arg.slice(name.length + 3)] : [],
  )
  return values.at(-1) ?? null
}

/** The value of a variable, `--var NAME:value …`; null if it is not given. */
function lastVar(args, name) {
  let isVar = false
  let value = null
  for (const arg of args) {
    const isOption = arg.startsWith('-')
    if (isOption) isVar = arg === '--var' || arg.startsWith('--var=')
    const text = arg.replace(/^--var=/, '')
    if (isVar && text.startsWith(`${name}:`)) value = text.slice(name.length + 1)
  }
  return value
}

const loopback = /^(127\.\d+\.\d+\.\d+|::1|localhost)$/

/**
 * The greeting for a server that listens here, and was started with these further arguments of wrangler. `problem`: what the
 * server says about itself if it admits nobody, or null.
 */
export function greetingFor({ port, ip, hasIpv6, problem }, args) {
  const isLocal = loopback.test(ip)
  const isOpen = (lastVar(args, 'AUTH') ?? 'open') === 'open'
  const protocol = lastOption(args, 'local-protocol') ?? 'http'
  const ipv6 = hasIpv6 ? ` and [::1]:${port}` : ' (this machine has no IPv6)'
  return `
Circles listens on ${ip}:${port}${ip === '127.0.0.1' ? ipv6 : ''}

${examplesFor(`${protocol}://localhost:${port}`, isOpen, problem)}
${problem === null ? accessSentence(isOpen, isLocal) : 'Nobody can join.'} ${stateSentence(args)} Ctrl-C ends it.
`
}

function examplesFor(url, isOpen, problem) {
  if (problem !== null) return problemAdvice(problem)
  return isOpen ? openExamples(url) : tokenExamples(url)
}

function problemAdvice(problem) {
  const advice = `
  Stop the server, make a secret, and start it again:

                   echo "AUTH_SECRET=$(openssl rand -hex 32)" >> .dev.vars
`
  return `  ${problem}\n${problem.includes('AUTH_SECRET') ? advice : ''}`
}

function openExamples(url) {
  return `  in the browser   ${url}/

  with wscat       npx wscat -c ${url.replace('http', 'ws')}/ws
                   > {"source": "me", "content": "Hello, Pickle!"}

  with curl        curl -X POST ${url}/api/circles/lobby/messages \\
                     -H 'content-type: application/json' -d '{"content": "Hello from curl"}'
`
}

function tokenExamples(url) {
  return `  in the browser   ${url}/

  with a token     export CIRCLES_URL=${url} CIRCLES_TOKEN="$(npx circles-rooms token --sub me)"
                   npx circles-rooms send lobby "Hello, Pickle!"
`
}

function accessSentence(isOpen, isLocal) {
  const who = isOpen ? 'can join' : 'who has a token can join'
  if (!isLocal)
    return `Anyone who reaches this computer over the network ${isOpen ? 'can join, under any name' : `and ${who}`}.`
  return `Anyone on this computer ${who}, and no one from outside.`
}

function stateSentence(args) {
  const persistTo = lastOption(args, 'persist-to')
  return `Messages are stored in ${persistTo === null ? '.wrangler/state' : persistTo}.`
}
