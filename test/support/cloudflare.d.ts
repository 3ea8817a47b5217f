import type { Env as Bindings } from '../../src/env.ts'

// The types of `cloudflare:test` and `cloudflare:workers` for our Worker.
declare global {
  namespace Cloudflare {
    interface Env extends Bindings {}
    interface GlobalProps {
      mainModule: typeof import('../../src/worker.ts')
      durableNamespaces: 'CircleObject' | 'WorkspaceObject' | 'AgentChannelObject'
    }
  }
}
