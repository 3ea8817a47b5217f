/** The results of the overloads of a function, of which there may be up to four. */
type ResultsOf<F> = F extends {
  (...args: never): infer A
  (...args: never): infer B
  (...args: never): infer C
  (...args: never): infer D
}
  ? A | B | C | D
  : never

declare global {
  /** What `setInterval` and `setTimeout` return, whichever types of the runtime a project has: Workers', Node's, the DOM's. */
  type Timer = ResultsOf<typeof setInterval>
}

export {}
