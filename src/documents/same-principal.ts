import type { Principal } from '../auth/principal.ts'

/** Returns whether two principals have the same rights by their tokens. */
export function isSame(one: Principal, other: Principal): boolean {
  return one.id === other.id && one.role === other.role && one.most === other.most
}
