import type { Env as Bindings } from '../../src/env.ts'
import type { OwnCircle } from './own-circle.ts'

// The types of `cloudflare:test` and `cloudflare:workers` for our Worker.
declare global {
  namespace Cloudflare {
    interface Env extends Bindings {
      OWN_CIRCLES: DurableObjectNamespace<OwnCircle> // of tests alone
    }
    interface GlobalProps {
      mainModule: typeof import('./worker.ts')
      durableNamespaces: 'CircleObject' | 'WorkspaceObject' | 'AgentChannelObject' | 'DocumentObject' | 'OwnCircle'
    }
  }
}
