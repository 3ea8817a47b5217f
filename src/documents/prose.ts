import * as Y from 'yjs'

// Prose as Markdown, to be read: the nodes of ProseMirror as Tiptap and BlockNote name them. What is not known is read as
// the text in it.

/** A fragment of an editor as Markdown. */
export function proseAsMarkdown(fragment: Y.XmlFragment): string {
  return blocks(fragment, '').trim()
}

function blocks(parent: Y.XmlFragment, indent: string): string {
  return parent
    .toArray()
    .map(node => (node instanceof Y.XmlElement ? block(node, indent) : inline(node)))
    .filter(text => text !== '')
    .join('\n\n')
}

function block(element: Y.XmlElement, indent: string): string {
  switch (element.nodeName) {
    case 'heading':
      return `${'#'.repeat(Number(element.getAttribute('level') ?? 1))} ${inlines(element)}`
    case 'bulletList':
      return list(element, indent, () => '- ')
    case 'orderedList':
      return list(element, indent, index => `${index + 1}. `)
    case 'blockquote':
      return prefixed(blocks(element, ''), '> ')
    case 'codeBlock':
      return `\`\`\`${element.getAttribute('language') ?? ''}\n${plain(element)}\n\`\`\``
    case 'horizontalRule':
      return '---'
    case 'paragraph':
      return inlines(element)
    default:
      return hasBlocks(element) ? blocks(element, indent) : inlines(element)
  }
}

function list(element: Y.XmlElement, indent: string, mark: (index: number) => string): string {
  const items = element.toArray().filter(node => node instanceof Y.XmlElement)
  return items
    .map((item, index) => {
      const sign = mark(index)
      return `${sign}${prefixed(blocks(item, indent), ' '.repeat(sign.length)).trimStart()}`
    })
    .join('\n')
}

function prefixed(text: string, prefix: string): string {
  return text
    .split('\n')
    .map(line => (line === '' ? line : `${prefix}${line}`))
    .join('\n')
}

function hasBlocks(element: Y.XmlElement): boolean {
  return element.toArray().some(node => node instanceof Y.XmlElement && node.nodeName !== 'hardBreak')
}

function inlines(element: Y.XmlElement): string {
  return element
    .toArray()
    .map(node =>
      node instanceof Y.XmlElement ? (node.nodeName === 'hardBreak' ? '  \n' : inlines(node)) : inline(node),
    )
    .join('')
}

type Delta = { insert?: unknown; attributes?: Record<string, unknown> }

function inline(node: unknown): string {
  if (!(node instanceof Y.XmlText)) return ''
  return (node.toDelta() as Delta[]).map(({ insert, attributes = {} }) => marked(insert, attributes)).join('')
}

function marked(insert: unknown, attributes: Record<string, unknown>): string {
  if (typeof insert !== 'string') return ''
  const { link } = attributes as { link?: { href?: string } }
  const marks = [
    ['code', '`'],
    ['bold', '**'],
    ['italic', '*'],
    ['strike', '~~'],
  ] as const
  const text = marks.reduce((done, [name, sign]) => (name in attributes ? `${sign}${done}${sign}` : done), insert)
  return link?.href === undefined ? text : `[${text}](${link.href})`
}

function plain(element: Y.XmlElement): string {
  return element
    .toArray()
    .map(node => (node instanceof Y.XmlText ? (node.toDelta() as Delta[]).map(({ insert }) => insert).join('') : ''))
    .join('')
}
