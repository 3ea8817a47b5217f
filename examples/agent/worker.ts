export { Owl } from './owl.ts'

/** The Worker has no page: it is called by its binding only. */
export default { fetch: () => new Response('An owl. Ask it in a circle.\n') } satisfies ExportedHandler
