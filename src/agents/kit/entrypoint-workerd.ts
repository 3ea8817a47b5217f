/** The platform's base class for a Worker that is called through service bindings. */
export { WorkerEntrypoint } from 'cloudflare:workers'
