import { gfmAutolinkLiteralFromMarkdown } from 'mdast-util-gfm-autolink-literal'
import { gfmStrikethroughFromMarkdown } from 'mdast-util-gfm-strikethrough'
import { gfmTableFromMarkdown } from 'mdast-util-gfm-table'
import { gfmTaskListItemFromMarkdown } from 'mdast-util-gfm-task-list-item'
import { gfmAutolinkLiteral } from 'micromark-extension-gfm-autolink-literal'
import { gfmStrikethrough } from 'micromark-extension-gfm-strikethrough'
import { gfmTable } from 'micromark-extension-gfm-table'
import { gfmTaskListItem } from 'micromark-extension-gfm-task-list-item'

/**
 * GitHub's Markdown without footnotes: a note to which nothing refers is not drawn, so a message could say to agents
 * what no reader sees (T2), and its links lead to the page's own ids. Its parts and not `remark-gfm`, which also brings
 * what writes Markdown: 8 KB of the first load.
 */
export const remarkPlugins = [githubMarkdown]

function githubMarkdown(this: { data(): object }): void {
  const data: { micromarkExtensions?: object[]; fromMarkdownExtensions?: object[] } = this.data() // remark-parse reads it
  data.micromarkExtensions = [gfmAutolinkLiteral(), gfmStrikethrough(), gfmTable(), gfmTaskListItem()]
  data.fromMarkdownExtensions = [
    gfmAutolinkLiteralFromMarkdown(),
    gfmStrikethroughFromMarkdown(),
    gfmTableFromMarkdown(),
    gfmTaskListItemFromMarkdown(),
  ]
}
