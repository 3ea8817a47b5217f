import type { AgentRegistry } from '../../agents/agent-registry.ts'
import { batchedDraws } from '../../deployment/tokens/allowances.ts'
import type { Env } from '../../env.ts'
import { createLogger, faultRecord } from '../../lib/logger.ts'
import type { ChannelKindDefinition } from '../../protocol/channels/channel-kinds.ts'
import type { ChannelName } from '../../protocol/channels/channels.ts'
import type { DeliveredEvent } from '../../protocol/dialects/native.ts'
import type { AllowanceDraw } from '../../rpc/tokens.ts'
import { directoryStub, statsStub } from '../../stubs.ts'
import type { RoomContext } from '../context.ts'
import { importTimeout } from '../log/import-timeout.ts'
import type { TryResult } from '../log/log-follower.ts'
import { retention } from '../log/retention.ts'
import { Allowances } from '../metering/allowances.ts'
import { allowances } from '../metering/draw-allowances.ts'
import { metering } from '../metering/metering.ts'
import { directory } from '../outbound/directory.ts'
import { SinkQueue, sinks } from '../outbound/sinks/queue.ts'
import { sendToSink } from '../outbound/sinks/send.ts'
import { readSinks, type Sink, takesChannel } from '../outbound/sinks/setting.ts'
import { type ChannelMetrics, statistics } from '../outbound/statistics.ts'
import { post } from '../outbound/webhooks/http-post.ts'
import { WebhookQueue, webhooks } from '../outbound/webhooks/queue.ts'
import type { Delivery } from '../outbound/webhooks/webhook.ts'
import type { ComponentDefinition } from '../tables.ts'
import type { RunIfExists } from '../turns/agent-calls.ts'
import type { BackgroundTasks } from './background-tasks.ts'

/** What the components of our own rooms need of the object they run in. */
export type ComponentPorts = {
  env: Env
  channel: ChannelName
  kind: ChannelKindDefinition
  name: string // of the channel, without its kind
  agents: AgentRegistry
  background: BackgroundTasks
  metrics: ChannelMetrics
  runIfExists: RunIfExists
  now: () => number // ms
  current: () => { context: RoomContext; now: number } | null // the room as it is, outside of a run; null: there is none
}

/** The components of every room of our own, in the order in which they act. `others`: those that only some kinds have. */
export function builtinComponents(
  ports: ComponentPorts,
  others: readonly ComponentDefinition[] = [],
): ComponentDefinition[] {
  return [
    retention,
    importTimeout,
    ...others,
    webhooks(delivery => ports.background.run(postWebhook(ports, delivery))),
    ...sinksOf(ports),
    metering,
    allowancesOf(ports),
    directoryOf(ports),
    ...statisticsOf(ports),
  ]
}

async function postWebhook({ env, runIfExists }: ComponentPorts, delivery: Delivery): Promise<void> {
  const result = await post(delivery, env.WEBHOOKS_LOOPBACK === 'allow')
  runIfExists((room, now) =>
    room.run(({ components }) => components.get(WebhookQueue).finished(delivery.hook, delivery.seq, result, now), now),
  )
}

/** Sends an event to a sink. What goes wrong is for the operator, whose sink it is. */
async function trySink(env: Env, sink: Sink, event: DeliveredEvent, channel: ChannelName): Promise<TryResult> {
  try {
    await sendToSink(env, sink, event)
    return { ok: true }
  } catch (error) {
    createLogger(env.LOG, console)(faultRecord(sink.id, error, { channel }), Date.now())
    return { ok: false, error: String(error), gone: false }
  }
}

/** Without a sink for this channel there is nothing: neither a table nor a look-up after an event. */
function sinksOf({ env, channel, background, runIfExists }: ComponentPorts): ComponentDefinition[] {
  const own = readSinks(env.SINKS).filter(sink => takesChannel(sink, channel))
  const send = async (sink: Sink, event: DeliveredEvent) => {
    const result = await trySink(env, sink, event, channel)
    runIfExists((room, now) =>
      room.run(({ components }) => components.get(SinkQueue).finished(sink.id, event.seq, result, now), now),
    )
  }
  return own.length === 0 ? [] : [sinks(own, (sink, event) => background.run(send(sink, event)))]
}

/** Draws go to the registry of the account. One that is not answered is drawn again when it is needed. */
function allowancesOf({ env, background, runIfExists }: ComponentPorts): ComponentDefinition {
  const send = batchedDraws(env)
  const draw = async (wanted: AllowanceDraw) => {
    const grant = await send(wanted).catch(() => null)
    runIfExists((room, now) => room.run(({ components }) => components.get(Allowances).drawn(wanted, grant, now), now))
  }
  return allowances(wanted => background.run(draw(wanted)))
}

/** One stub for all calls, so that they arrive in order. */
function directoryOf({ env, name, background }: ComponentPorts): ComponentDefinition {
  const stub = directoryStub(env)
  const inBackground = <Result>(work: Promise<Result>) => {
    background.run(work.catch(() => {}))
    return work
  }
  return directory({
    put: entry => inBackground(stub.put(entry)),
    remove() {
      const giveUp = () => {} // the list shows a circle that is gone; whoever opens it gets 404, or makes it anew
      const again = () => stub.remove(name)
      return inBackground(stub.remove(name).catch(again).catch(giveUp))
    },
  })
}

function statisticsOf({ env, background, metrics }: ComponentPorts): ComponentDefinition[] {
  const stats = statsStub(env)
  return stats === null ? [] : [statistics({ metrics, stats, background })]
}
