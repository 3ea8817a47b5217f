// npm run bench:compare: two subjects at the same time, in turn, in short slices, so that what the machine does meanwhile
// falls on both (`-- --only circles,circles-custom`, or `-- --against <commit>`: this tree and another commit's). Prints
// what a delivery costs the second relative to the first: the median over pairs of slices, and its 95 % interval.
import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { main, root } from '../scripts/toolchain.mjs'
import { ClientGroup } from './load/client-group.ts'
import { ProcessUsage } from './load/process-usage.ts'
import { bursts, constantRate, slidingWindow, type Workload } from './load/workload.ts'
import { medianInterval } from './report/median-interval.ts'
import { launch, type RunningServer } from './servers/launch.ts'
import { chooseCores } from './servers/machine.ts'
import { circlesOf } from './subjects/circles.ts'
import type { Subject } from './subjects/subject.ts'
import { subjects } from './subjects/subjects.ts'

const help = `npm run bench:compare -- [options]

  --only circles,circles-custom  two subjects; the first is the baseline
  --against <commit>             instead: another commit's Circles (the baseline) and this tree's
  --receivers 100                members of the room; 1 is \`echo\`
  --senders 1                    of them that send in turn
  --pairs 40                     slices of each subject and workload
  --slice 0.3                    seconds`

const pingMs = 20_000 // who receives only is sent away after a while without a word

type Side = { name: string; group: ClientGroup; usage: ProcessUsage; server: RunningServer }

await main(async () => {
  const text = { type: 'string' } as const
  const { values } = parseArgs({
    options: {
      only: { ...text, default: 'circles,circles-custom' },
      against: text,
      receivers: { ...text, default: '100' },
      senders: { ...text, default: '1' },
      pairs: { ...text, default: '40' },
      slice: { ...text, default: '0.3' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    console.log(help)
    return 0
  }
  const cores = chooseCores()
  if (cores !== null) execFileSync('taskset', ['-cp', cores.generator, `${process.pid}`], { stdio: 'ignore' })
  const scratch = await mkdtemp(join(tmpdir(), 'circles-compare-'))
  const sides: Side[] = []
  try {
    for (const subject of await chooseSubjects(values.only, values.against, scratch))
      sides.push(await open(subject, { count: Number(values.receivers), senders: Number(values.senders) }, scratch))
    const [first, second] = sides
    if (first === undefined || second === undefined) throw new Error('expected two subjects')
    const flow = slidingWindow({ name: '16 in flight', inFlight: 16, step: 1 })
    for (const workload of [bursts(1), bursts(16), flow, constantRate(10)])
      await compare(first, second, workload, { pairs: Number(values.pairs), seconds: Number(values.slice) })
    return 0
  } finally {
    for (const { group, server } of sides) {
      group.close()
      await server.stop()
    }
    await rm(scratch, { recursive: true, force: true })
    if (values.against !== undefined) execFileSync('git', ['worktree', 'prune'], { cwd: root })
  }
})

async function chooseSubjects(only: string, against: string | undefined, scratch: string): Promise<Subject[]> {
  if (against === undefined) {
    return only.split(',').map(name => {
      const subject = subjects.find(one => one.name === name)
      if (subject === undefined) throw new Error(`no subject is called ${name}`)
      return subject
    })
  }
  const tree = join(scratch, 'tree')
  execFileSync('git', ['worktree', 'add', '--detach', tree, against], { cwd: root, stdio: 'ignore' })
  await symlink(join(root, 'node_modules'), join(tree, 'node_modules'))
  await mkdir(join(tree, 'dist/web'), { recursive: true }) // the page, which a deploy would upload
  return [circlesOf(against, join(tree, 'src/worker.ts')), circlesOf('this tree', join(root, 'src/worker.ts'))]
}

async function open(subject: Subject, room: { count: number; senders: number }, scratch: string): Promise<Side> {
  const folder = await mkdtemp(join(scratch, 'server-'))
  const server = await launch(await subject.prepare(folder, scratch), chooseCores()?.server)
  const target = { name: subject.name, port: server.port, pid: server.pid, protocol: subject.protocol }
  const group = await ClientGroup.open(target, { room: 'compare', ...room })
  return { name: subject.name, group, usage: new ProcessUsage(target), server }
}

/** Runs a workload on both in turn (A B, B A, …). A slice's CPU is what its server used until its next slice began. */
async function compare(
  first: Side,
  second: Side,
  workload: Workload,
  { pairs, seconds }: { pairs: number; seconds: number },
): Promise<void> {
  const costs = new Map<Side, number[]>([
    [first, []],
    [second, []],
  ])
  for (const side of [first, second]) await workload.run(side.group, 2)
  const pings = setInterval(() => {
    for (const { group } of [first, second]) for (const client of group.clients) client.sendFrame('{"type":"ping"}')
  }, pingMs)
  for (let pair = 0; pair < pairs; pair++) {
    const before = new Map([first, second].map(side => [side, side.usage.cpuMicros()]))
    const events = new Map([first, second].map(side => [side, side.group.stats.events]))
    for (const side of pair % 2 === 0 ? [first, second] : [second, first]) await workload.run(side.group, seconds)
    for (const side of [first, second]) {
      const micros = side.usage.cpuMicros() - (before.get(side) ?? 0)
      const delivered = side.group.stats.events - (events.get(side) ?? 0)
      if (side.group.clients.some(({ closeCode }) => closeCode !== null))
        throw new Error(`${side.name} closed a socket`)
      costs.get(side)?.push(micros / delivered)
    }
  }
  clearInterval(pings)
  const [base = [], other = []] = [costs.get(first), costs.get(second)]
  const ratios = medianInterval(other.map((cost, index) => cost / (base[index] as number)))
  const median = (values: number[]) => medianInterval(values).median.toFixed(2)
  const range = `${ratios.low.toFixed(3)}–${ratios.high.toFixed(3)}`
  console.log(
    `${first.group.clients.length} receivers, ${workload.name}: ${first.name} ${median(base)}, ${second.name} ${median(other)} CPU µs/delivery, ` +
      `ratio ${ratios.median.toFixed(3)} (95 %: ${range}), lost ${first.group.lost() + second.group.lost()}`,
  )
}
