import remarkGfm from 'remark-gfm'

const footnotes = ['gfmFootnoteDefinition', 'gfmFootnoteCall', 'gfmPotentialFootnoteCall'] // micromark's names

/**
 * GitHub's Markdown without footnotes: a note to which nothing refers is not drawn, so a message could say to agents
 * what no reader sees (T2), and its links lead to the page's own ids.
 */
export const remarkPlugins = [remarkGfm, withoutFootnotes]

function withoutFootnotes(this: { data(): object }): void {
  const data: { micromarkExtensions?: object[] } = this.data() // where remark-parse looks for them
  data.micromarkExtensions?.push({ disable: { null: footnotes } })
}
