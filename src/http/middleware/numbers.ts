import { z } from 'zod'

/** A whole number in a query, within bounds. */
export function countParam(min: number, max: number) {
  return z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number)
    .pipe(z.int().min(min).max(max))
}
