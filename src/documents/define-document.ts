import type { Principal } from '../auth/principal.ts'
import { documentKind } from '../protocol/channels/channel-kinds.ts'
import type { ComponentPorts } from '../rooms/object/components.ts'
import type { ComponentDefinition } from '../rooms/tables.ts'
import { defineChannel } from '../server/define-channel.ts'
import type { CircleClass } from '../server/define-circle.ts'
import { resolveEnv } from '../server/environment.ts'
import { admitToDocument, tellEdited, tellGone } from './calls.ts'
import { documentComponent } from './document-component.ts'
import { readmit } from './readmit.ts'
import { wrappings } from './wrappings.ts'

/** Makes the Durable Object class of documents, to be exported by the Worker and bound as `DOCUMENTS`. */
export function defineDocument(): CircleClass {
  return defineChannel(documentKind, {
    component: componentOf,
    admit: admitToDocument,
    wrappings,
    resolveEnv: (env, state) => resolveEnv(env, (state as { exports?: object }).exports ?? {}),
  })
}

function componentOf({ env, name, background, metrics, runIfExists }: ComponentPorts): ComponentDefinition {
  const admit = async (principals: readonly Principal[]) => {
    for (const principal of principals) {
      const { inForce: _, ...asked } = principal
      const admitted = await admitToDocument(env, name, asked).catch(error => {
        metrics.failed(error)
        return null
      })
      runIfExists((room, now) => room.run(context => readmit(context, principal, admitted, now), now))
    }
  }
  return documentComponent({
    askRights: principals => background.run(admit(principals)),
    edited: editors => background.run(tellEdited(env, name, editors).catch(error => metrics.failed(error))),
    gone: () => background.run(tellGone(env, name).catch(error => metrics.failed(error))),
  })
}
