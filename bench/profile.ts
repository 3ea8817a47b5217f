// npm run bench:profile: what the code of one contestant spends its CPU time on while a scenario is played, by the
// runtime's own profiler (`-- --only circles --scenario fanout --receivers 100 --bursts 16 --seconds 5`). Contestants
// that run in workerd only; scenarios and sizes as in `npm run bench`.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { main } from '../scripts/toolchain.mjs'
import { Meter } from './load/process-usage.ts'
import { readOptions } from './options.ts'
import { scenarios } from './scenarios/scenarios.ts'
import { freePort, launch } from './servers/launch.ts'
import { chooseCores } from './servers/machine.ts'
import { type Profile, Profiler } from './servers/profiler.ts'
import { contestants } from './subjects/subjects.ts'

const shown = 45 // functions

await main(async () => {
  const options = readOptions(process.argv.slice(2))
  const contestant = contestants.find(({ name }) => name === options?.only[0])
  const scenario = scenarios.get(options?.scenarios[0] ?? '')
  if (options === null || contestant === undefined || scenario === undefined) {
    console.log('say --only with the name of a contestant, and --scenario')
    return 1
  }
  const scratch = await mkdtemp(join(tmpdir(), 'circles-profile-'))
  try {
    const launched = await contestant.launch(scratch, scratch)
    const inspector = await freePort()
    const command = [...launched.command, `--inspector-addr=127.0.0.1:${inspector}`]
    await using server = await launch({ ...launched, command }, chooseCores()?.server)
    const target = { name: contestant.name, port: server.port, pid: server.pid, dialect: contestant.dialect }
    const profiler = await Profiler.attach(inspector)
    await profiler.start()
    const size = scenario.sizes(options.scale)[0] ?? 100
    const rows = await scenario.play({ target, meter: new Meter(target), size, scale: options.scale })
    print(await profiler.stop())
    for (const { cell, figures } of rows) console.log(cell, figures)
    return 0
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
})

function print({ functions }: Profile): void {
  const busy = functions.filter(({ name }) => name !== '(idle)')
  const all = busy.reduce((sum, { self }) => sum + self, 0)
  console.log(`${all.toFixed(0)} ms busy`)
  for (const { name, self } of busy.slice(0, shown)) {
    console.log(`${((self / all) * 100).toFixed(1).padStart(5)} %  ${self.toFixed(0).padStart(6)} ms  ${name}`)
  }
}
