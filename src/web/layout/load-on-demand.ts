/** Loads what few readers need of the page. */
export const loadOnDemand = () => import('./on-demand.ts')
