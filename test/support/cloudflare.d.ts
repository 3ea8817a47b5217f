import type { Env as Bindings } from '../../src/env.ts'

// Tells `cloudflare:test` and `cloudflare:workers` which Worker they run.
declare global {
  namespace Cloudflare {
    interface Env extends Bindings {}
    interface GlobalProps {
      mainModule: typeof import('../../src/worker.ts')
      durableNamespaces: 'CircleObject' | 'WorkspaceObject' | 'AgentChannelObject'
    }
  }
}
