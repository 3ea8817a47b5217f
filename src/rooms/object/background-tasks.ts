import type { Logger } from '../../lib/logger.ts'
import type { ChannelName } from '../../protocol/channels/channels.ts'
import type { Meter } from '../metering/meter.ts'

type Ports = {
  waitUntil(work: Promise<unknown>): void
  meter: Meter
  log: Logger
  channel: ChannelName
  undrained: () => number // sockets that do not read what they are sent
}

/** Work that goes on beside the room and keeps the object in memory until it is done. */
export class BackgroundTasks {
  readonly #ports: Ports

  constructor(ports: Ports) {
    this.#ports = ports
  }

  /** Runs a request to another service, or a call of an agent. */
  run(work: Promise<unknown>, what: 'agent' | 'request' = 'request'): void {
    const end = this.#ports.meter.begin(what, Date.now())
    const done = () => {
      this.checkWakefulness()
      end(Date.now())
    }
    this.#ports.waitUntil(work.finally(done))
  }

  /** Logs, once an hour, what keeps this object awake or wakes it for nothing, and what that costs. */
  checkWakefulness(): void {
    const { meter, undrained, log, channel } = this.#ports
    const now = Date.now()
    for (const { cause, detail, dollars } of meter.checkWakefulness(undrained, now)) {
      log({ event: 'wakeful', channel, cause, detail, dollars_a_month: dollars }, now)
    }
  }
}
