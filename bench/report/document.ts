/** Puts generated text where a document has a place for it: between `<!-- bench:name -->` and `<!-- /bench:name -->`. */
export function fill(document: string, blocks: ReadonlyMap<string, string>): string {
  return document.replace(
    /(<!-- bench:(\S+) -->\n)[\s\S]*?(<!-- \/bench:\2 -->)/g,
    (whole, begin: string, name: string, end: string) => {
      const text = blocks.get(name)
      return text === undefined ? whole : `${begin}\n${text}\n\n${end}`
    },
  )
}
