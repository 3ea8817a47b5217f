/** The alignment of a column. */
export type Alignment = 'left' | 'right' | 'center'

const rules = {
  left: (width: number) => '-'.repeat(width),
  right: (width: number) => `${'-'.repeat(width - 1)}:`,
  center: (width: number) => `:${'-'.repeat(width - 2)}:`,
}

/** Renders a Markdown table, padded so that its columns line up in plain text, too. */
export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  alignments: readonly Alignment[],
): string {
  const widths = head.map((title, index) => Math.max(3, title.length, ...rows.map(row => row[index]?.length ?? 0)))
  const renderRow = (cells: readonly string[]) => {
    const padded = cells.map((cell, index) => pad(cell, widths[index] ?? 0, alignments[index] ?? 'left'))
    return `| ${padded.join(' | ')} |`
  }
  const ruler = widths.map((width, index) => rules[alignments[index] ?? 'left'](width))
  return [renderRow(head), `| ${ruler.join(' | ')} |`, ...rows.map(renderRow)].join('\n')
}

function pad(text: string, width: number, alignment: Alignment): string {
  if (alignment === 'left') return text.padEnd(width)
  if (alignment === 'right') return text.padStart(width)
  return text.padStart(text.length + Math.floor((width - text.length) / 2)).padEnd(width)
}
