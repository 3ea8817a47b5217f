/**
 * Makes the tests that are imported next longer, by the settings that they read; the environment comes first. A test with
 * such a setting is short in `npm test`, and long in `npm run test:full`, in a file `*.full.test.ts` that imports it.
 */
export function makeLonger(settings: Record<string, number>): void {
  for (const [name, value] of Object.entries(settings)) process.env[name] ??= String(value)
}
