/** How long an owner's link can be redeemed (ms). */
export const ownerLinkMs = 86_400_000

/** The owner's link of a deployment: the SHA-256 of its code in hexadecimal, and until when it counts (ms since the Unix epoch). */
export type OwnerLink = { hash: string; expires: number }

/** Reads the setting OWNER_LINK; null if there is none. */
export function readOwnerLink(setting: string | undefined): OwnerLink | null {
  const [, hash, expires] = /^([0-9a-f]{64})\.(\d{1,15})$/.exec(setting ?? '') ?? []
  return hash === undefined ? null : { hash, expires: Number(expires) }
}

/** Writes the setting OWNER_LINK. */
export function writeOwnerLink({ hash, expires }: OwnerLink): string {
  return `${hash}.${expires}`
}
