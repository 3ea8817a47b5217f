/** The platform's base classes: of a Durable Object, and of a Worker that is called through service bindings. */
export { DurableObject, WorkerEntrypoint } from 'cloudflare:workers'
