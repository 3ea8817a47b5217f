import type { Leaf, Piece } from './blocks.ts'

const delimiters = /^[|:\- \t]*-[|:\- \t]*$/

/** Splits a paragraph at a table in it (GFM): what comes before the table, and each cell, is read by itself. */
export function splitTable(text: string, leaf: Leaf): Leaf[] {
  const { kind, pieces } = leaf
  const at =
    kind === 'html' ? -1 : pieces.findIndex((_, index) => isDelimiterRow(text, pieces[index - 1], pieces[index]))
  if (at < 1) return [leaf]
  const before = pieces.slice(0, at - 1)
  const lazy = pieces.findIndex(({ depth }, index) => index > at && depth !== pieces[at]?.depth)
  const end = lazy < 0 ? pieces.length : lazy // such a line is no row, but a paragraph of its own
  const rows = pieces.slice(at - 1, end).filter(({ indent }, index) => index === 0 || (index > 1 && indent < 4)) // else code
  const columns = cellsOf(text, pieces[at - 1]).length // no more are drawn
  const cells = rows.flatMap(row =>
    cellsOf(text, row)
      .slice(0, columns)
      .map((cell): Leaf => ({ kind: 'cell', pieces: [cell] })),
  )
  const after = lazy < 0 ? [] : splitTable(text, { kind, pieces: pieces.slice(lazy) })
  return [...(before.length === 0 ? [] : [{ kind, pieces: before }]), ...cells, ...after]
}

/** Is this the line below the head of a table, with as many cells? */
function isDelimiterRow(text: string, head: Piece | undefined, row: Piece | undefined): boolean {
  if (head === undefined || row === undefined || row.indent > 3 || head.depth !== row.depth) return false
  const line = text.slice(row.from, row.to)
  if (!delimiters.test(line) || !/[|:]/.test(line)) return false
  const cells = cellsOf(text, row)
  return (
    cells.every(({ from, to }) => /^\s*:?-+:?\s*$/.test(text.slice(from, to))) &&
    cells.length === cellsOf(text, head).length
  )
}

/** The cells of a row: a `|` ends one unless it is escaped, even in code. */
function cellsOf(text: string, row: Piece | undefined): Piece[] {
  if (row === undefined) return []
  const cells: Piece[] = []
  let from = row.from
  for (let at = row.from; at < row.to; at++) {
    if (text[at] === '\\') at += 1
    else if (text[at] === '|') {
      cells.push({ ...row, from, to: at })
      from = at + 1
    }
  }
  cells.push({ ...row, from, to: row.to })
  const isBlank = (cell: Piece | undefined) => cell !== undefined && text.slice(cell.from, cell.to).trim() === ''
  if (isBlank(cells[0])) cells.shift()
  if (isBlank(cells.at(-1))) cells.pop()
  return cells
}
