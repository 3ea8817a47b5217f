export { Owl } from './owl.ts'

/** The Worker has no page: Circles calls it through the binding. */
export default { fetch: () => new Response('This is an agent. Mention it in a circle.\n') } satisfies ExportedHandler
