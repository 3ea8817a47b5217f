import { tables } from './tables.ts'

/** A document with its computed parts as they are now: what stands between `<!-- computed: name -->` and `<!-- end -->`. */
export function computed(document: string): string {
  return document.replace(/(<!-- computed: (\w+) -->\n)[\s\S]*?(\n<!-- end -->)/g, (_, begin, name, end) => {
    const table = tables[name]
    if (table === undefined) throw new Error(`nothing computes ${name}; there are ${Object.keys(tables).join(', ')}`)
    return `${begin}\n${table()}\n${end}`
  })
}
