import type { Root } from 'hast'
import { fromMarkdown } from 'mdast-util-from-markdown'
import { gfmAutolinkLiteralFromMarkdown } from 'mdast-util-gfm-autolink-literal'
import { gfmStrikethroughFromMarkdown } from 'mdast-util-gfm-strikethrough'
import { gfmTableFromMarkdown } from 'mdast-util-gfm-table'
import { gfmTaskListItemFromMarkdown } from 'mdast-util-gfm-task-list-item'
import { toHast } from 'mdast-util-to-hast'
import { gfmAutolinkLiteral } from 'micromark-extension-gfm-autolink-literal'
import { gfmStrikethrough } from 'micromark-extension-gfm-strikethrough'
import { gfmTable } from 'micromark-extension-gfm-table'
import { gfmTaskListItem } from 'micromark-extension-gfm-task-list-item'

/** Changes a tree; `text` is what it was parsed from. */
export type TreeStep = (tree: Root, text: string) => void

/**
 * Parses GitHub's Markdown without footnotes: a note to which nothing refers is not drawn, so a message could say to
 * agents what no reader sees (T2), and its links lead to the page's own ids. HTML stays what it is, a text. The parsers are
 * those of `react-markdown` and `remark-gfm`, without a processor, files and tables of all attributes of HTML.
 */
export function markdownTree(text: string, steps: readonly TreeStep[] = []): Root {
  const parsed = fromMarkdown(text, {
    extensions: [gfmAutolinkLiteral(), gfmStrikethrough(), gfmTable(), gfmTaskListItem()],
    mdastExtensions: [
      gfmAutolinkLiteralFromMarkdown(),
      gfmStrikethroughFromMarkdown(),
      gfmTableFromMarkdown(),
      gfmTaskListItemFromMarkdown(),
    ],
  })
  const converted = toHast(parsed, { allowDangerousHtml: true })
  const tree: Root = converted.type === 'root' ? converted : { type: 'root', children: [] }
  for (const step of steps) step(tree, text)
  return tree
}
