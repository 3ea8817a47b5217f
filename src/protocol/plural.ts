/** The name of a kind of channel in paths: `/api/circles`. A rule, so that the client need not load the table of kinds. */
export function pluralOf<Kind extends string>(kind: Kind): `${Kind}s` {
  return `${kind}s`
}
