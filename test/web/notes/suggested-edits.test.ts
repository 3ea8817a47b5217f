import { EditorState } from '@codemirror/state'
import { expect, test } from 'vitest'
import { suggestedEdits, suggestionsAre } from '../../../src/web/notes/suggested-edits.ts'
import '../english.ts'

type Edit = { old: string; new: string }

const eve = { id: 'eve', name: 'Eve' }
const startWith = (doc: string) => EditorState.create({ doc, extensions: [suggestedEdits] })
const suggest = (state: EditorState, ...edits: Edit[]) =>
  state.update({ effects: suggestionsAre(edits.map(edit => ({ author: eve, edits: [edit] }))) }).state

/** What is marked: a part of the text that would go, or the place of what would come. */
function marksIn(state: EditorState): string[] {
  const found: string[] = []
  state.field(suggestedEdits).decorations.between(0, state.doc.length, (from, to) => {
    found.push(from === to ? `at ${from}` : state.sliceDoc(from, to))
  })
  return found
}

test('what a suggestion takes away is marked where it stands, and what it brings comes behind it', () => {
  const state = startWith('on Monday at ten')
  expect(marksIn(suggest(state, { old: 'Monday', new: 'Friday' }))).toEqual(['Monday', 'at 9'])
  expect(marksIn(suggest(state, { old: ' at ten', new: '' }))).toEqual([' at ten'])
  expect(marksIn(suggest(state, { old: '', new: ' sharp' }))).toEqual(['at 16'])
})

test('marks move with what is written before them, and go when their text does, or stands there twice', () => {
  const state = suggest(startWith('on Monday'), { old: 'Monday', new: 'Friday' })
  expect(marksIn(state.update({ changes: { from: 0, insert: 'Not ' } }).state)).toEqual(['Monday', 'at 13'])
  expect(marksIn(state.update({ changes: { from: 5, to: 6, insert: '' } }).state)).toEqual([])
  expect(marksIn(state.update({ changes: { from: 0, insert: 'Monday, ' } }).state)).toEqual([])
  expect(marksIn(suggest(state))).toEqual([])
})

test('suggestions may overlap', () => {
  const state = suggest(startWith('on Monday at ten'), { old: 'Monday at', new: 'x' }, { old: 'at ten', new: 'y' })
  expect(marksIn(state).toSorted()).toEqual(['Monday at', 'at ten', 'at 12', 'at 16'].toSorted())
})
