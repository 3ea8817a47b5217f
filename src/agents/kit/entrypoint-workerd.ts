/** Where an agent runs: the platform's class for a Worker that is called by service bindings. */
export { WorkerEntrypoint } from 'cloudflare:workers'
