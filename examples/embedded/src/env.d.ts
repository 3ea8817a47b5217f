declare namespace Cloudflare {
  interface Env {
    CIRCLES: DurableObjectNamespace
    DB: D1Database
  }
}
interface Env extends Cloudflare.Env {}
