/** What browsers have: in place of a package that makes up for those that have not (see vite.config.ts). */
// biome-ignore lint/style/noDefaultExport: it stands in for a package that has one
export default structuredClone
