// npm run bench:profile: what a contestant's code spends its CPU time on, by the runtime's own profiler
// (`-- --only circles --receivers 100 --burst 1 --seconds 5`). Contestants that run in workerd only.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { main } from '../scripts/house.mjs'
import { contestants } from './contestants/contestants.ts'
import { Crowd } from './load/crowd.ts'
import { bursts } from './load/talk.ts'
import { freePort, launch } from './servers/launch.ts'
import { chooseCores } from './servers/machine.ts'
import { type Profile, Profiler } from './servers/profiler.ts'

const shown = 40 // functions

await main(async () => {
  const text = (value: string) => ({ type: 'string', default: value }) as const
  const { values } = parseArgs({
    options: { only: text('circles'), receivers: text('100'), burst: text('1'), seconds: text('5') },
  })
  const contestant = contestants.find(({ name }) => name === values.only)
  if (contestant === undefined) throw new Error(`no contestant is called ${values.only}`)
  const scratch = await mkdtemp(join(tmpdir(), 'circles-profile-'))
  try {
    const launched = await contestant.launch(scratch, scratch)
    const inspector = await freePort()
    const command = [...launched.command, `--inspector-addr=127.0.0.1:${inspector}`]
    await using server = await launch({ ...launched, command }, chooseCores()?.server)
    const target = { name: contestant.name, port: server.port, pid: server.pid, dialect: contestant.dialect }
    const crowd = await Crowd.open(target, { room: 'profile', count: Number(values.receivers), senders: 1 })
    const { talk } = bursts(Number(values.burst))
    await pause(1_200)
    await talk(crowd, 1)
    const profiler = await Profiler.attach(inspector)
    const before = crowd.said
    await profiler.start()
    await talk(crowd, Number(values.seconds))
    print(await profiler.stop(), crowd.said - before)
    crowd.close()
    return 0
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
})

function print({ functions }: Profile, messages: number): void {
  const busy = functions.filter(({ name }) => name !== '(idle)')
  const perMessage = (ms: number) => `${((ms * 1_000) / messages).toFixed(1).padStart(8)} µs`
  console.log(`${messages} messages`)
  console.log(`${perMessage(busy.reduce((sum, { self }) => sum + self, 0))}  in all, for each`)
  for (const { name, self } of busy.slice(0, shown)) console.log(`${perMessage(self)}  ${name}`)
}
