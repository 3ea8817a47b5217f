import type { Refusal, RefusalCode } from '../protocol/errors.ts'

/** What a handler returns, or throws, instead of doing what it was asked. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly refusal: Refusal

  constructor(refusal: Refusal) {
    super(`${refusal.code}: ${refusal.message}`)
    this.refusal = refusal
  }
}

/**
 * Makes a refusal for a handler to return: `code` is one of the protocol's (E1) or one of your own, `x_` and lower case;
 * `message` is for people. Whoever asked receives it, and all that the handler did is undone.
 */
export function refuse(code: RefusalCode, message: string): Refused {
  return new Refused({ code, message })
}
