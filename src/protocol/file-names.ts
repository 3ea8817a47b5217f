// Apart from the schemas of files, so that the page does not load those, and zod.

/** The names of files: the text of a message that has no other, for whatever shows no files. */
export function namesOf(files: readonly { name: string }[]): string {
  return files.map(({ name }) => name).join(', ')
}
