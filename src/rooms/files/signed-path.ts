import type { FileSignature } from '../../rpc/files.ts'

/** The path of a signed address. */
export function signedPath(circle: string, id: string, { expires, signature }: FileSignature): string {
  return `/api/signed-files/${circle}/${id}?expires=${expires}&signature=${signature}`
}
