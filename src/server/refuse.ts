import { hintFor } from '../protocol/check-options.ts'
import { errorCode, type Refusal, type RefusalCode, refusalCode } from '../protocol/errors.ts'

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
 * `message` is for people. Whoever asked receives it, and all that the handler did is undone. Throws if there is no such code.
 */
export function refuse(code: RefusalCode, message: string): Refused {
  if (refusalCode.safeParse(code).success) return new Refused({ code, message })
  throw new TypeError(`refuse: there is no code "${code}". ${hintFor(code, errorCode.options)} Your own begin with x_.`)
}
