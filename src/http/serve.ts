import type { Context } from 'hono'
import type { ServiceName, ServiceOf, Values } from '../rooms/services/service.ts'
import { type Called, call, type Http, nothingThere, refused } from './api.ts'
import type { Failure } from './errors.ts'

/** What was asked for, in an envelope: it may be null. */
export type Served<Name extends ServiceName> = { value: Values[Name] }

/** Asks the circle that the path names for something that no socket can ask for, as the sender of the request. */
export async function serveCircle<Name extends ServiceName>(
  context: Context<Http>,
  service: ServiceOf<Name>,
): Promise<Served<Name> | Failure> {
  return serveIn(await call(context, 'circle'), service)
}

/** Asks a channel that somebody was let into, or was not. */
export async function serveIn<Name extends ServiceName>(
  called: Called | Failure,
  service: ServiceOf<Name>,
): Promise<Served<Name> | Failure> {
  if (called instanceof Response) return called
  const served = await called.object.serve<Name>(called.visit, service)
  if (served === null) return nothingThere(called.channel)
  return 'refused' in served ? refused(served.refused) : served
}
