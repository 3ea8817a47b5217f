import { errors } from 'jose'

/** The secrets of one purpose: the first signs, and what any of them signed is accepted. */
export type SigningSecrets = readonly [Uint8Array, ...Uint8Array[]]

/** Verifies with each secret in turn until a signature matches. Rejects as `verify` does with the last one it tried. */
export async function verifyWithAny<Result>(
  secrets: SigningSecrets,
  verify: (secret: Uint8Array) => Promise<Result>,
): Promise<Result> {
  let mismatch: unknown
  for (const secret of secrets) {
    try {
      return await verify(secret)
    } catch (error) {
      if (!(error instanceof errors.JWSSignatureVerificationFailed)) throw error
      mismatch = error
    }
  }
  throw mismatch
}
