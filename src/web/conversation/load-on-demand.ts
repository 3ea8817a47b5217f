/** Loads what the conversation needs only sometimes. */
export const loadOnDemand = () => import('./on-demand.ts')
