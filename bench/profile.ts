// npm run bench:profile: profiles the CPU time of one subject while a scenario runs, with the runtime's own profiler
// (`-- --only circles --scenario fanout --receivers 100 --bursts 16 --seconds 5`). Works for subjects that run in
// workerd; scenarios and sizes as in `npm run bench`.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { main } from '../scripts/toolchain.mjs'
import { ProcessUsage } from './load/process-usage.ts'
import { readOptions } from './options.ts'
import { scenarios } from './scenarios/scenarios.ts'
import { inspectedAt } from './servers/inspector.ts'
import { freePort, launch } from './servers/launch.ts'
import { chooseCores } from './servers/machine.ts'
import { type CpuProfile, Profiler } from './servers/profiler.ts'
import { subjects } from './subjects/subjects.ts'

const maxFunctions = 45 // that are printed

await main(async () => {
  const options = readOptions(process.argv.slice(2))
  const subject = subjects.find(({ name }) => name === options?.only[0])
  const scenario = scenarios.get(options?.scenarios[0] ?? '')
  if (options === null || subject === undefined || scenario === undefined) {
    console.log('Pass the name of a subject as --only, and a --scenario.')
    return 1
  }
  const scratch = await mkdtemp(join(tmpdir(), 'circles-profile-'))
  try {
    const prepared = await subject.prepare(scratch, scratch)
    const inspectorPort = await freePort()
    const command = [...prepared.command, inspectedAt(inspectorPort)]
    await using server = await launch({ ...prepared, command }, chooseCores()?.server)
    const { calledPort } = prepared
    const called = calledPort !== undefined && { calledPort }
    const { port, pid } = server
    const target = { name: subject.name, port, pid, protocol: subject.protocol, inspectorPort, ...called }
    const profiler = await Profiler.attach(inspectorPort)
    await profiler.start()
    const size = scenario.sizes(options.profile)[0] ?? 100
    const usage = new ProcessUsage(target)
    const variants = await scenario.run({ target, usage, size, profile: options.profile })
    print(await profiler.stop())
    for (const { variant, figures } of variants) console.log(variant, figures)
    return 0
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
})

function print({ functions }: CpuProfile): void {
  const busy = functions.filter(({ name }) => name !== '(idle)')
  const total = busy.reduce((sum, { self }) => sum + self, 0)
  console.log(`${total.toFixed(0)} ms busy`)
  for (const { name, self } of busy.slice(0, maxFunctions)) {
    console.log(`${((self / total) * 100).toFixed(1).padStart(5)} %  ${self.toFixed(0).padStart(6)} ms  ${name}`)
  }
}
