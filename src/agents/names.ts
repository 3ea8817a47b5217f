/** A display name as agents receive it: without an `@` that would make a mention of it wherever they repeat it. */
export function nameForAgents(name: string): string {
  return name.replace(/(?<![A-Za-z0-9])@/g, '')
}

/** A text without display names that hold an `@`: a name mentions nobody, whoever repeats it. */
export function withoutNames(text: string, names: readonly string[]): string {
  const risky = [...new Set(names)].filter(name => name.includes('@')).sort((a, b) => b.length - a.length)
  return risky.reduce((rest, name) => rest.replaceAll(name, ' '), text)
}
