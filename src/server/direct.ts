import { directEndpoints } from '../http/routes/direct.ts'
import type { PassedEndpoints } from '../http/site.ts'
import { refuseBlocked } from '../rooms/direct/private-chat.ts'
import type { WriteGuard } from '../rooms/hooks.ts'
import type { ComponentPorts } from '../rooms/object/components.ts'
import { directComponents } from '../rooms/object/direct-components.ts'
import type { ComponentDefinition } from '../rooms/tables.ts'

/** Private chats, as `direct` gives them to `defineCircle` and `circles`. */
export type DirectFeature = {
  readonly feature: 'direct'
  /** @internal */
  readonly writeGuards: readonly WriteGuard[]
  /** @internal */
  endpoints(): PassedEndpoints
  /** @internal */
  components(ports: ComponentPorts): ComponentDefinition[]
}

/** Private chats of two people who share a circle, and of a person with an agent, for `defineCircle` and `circles`. */
export const direct: DirectFeature = {
  feature: 'direct',
  writeGuards: [refuseBlocked],
  endpoints: directEndpoints as DirectFeature['endpoints'],
  components: directComponents,
}
