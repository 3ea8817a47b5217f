import { expect, test } from 'vitest'
import { fileToCodeBlock } from '../../../src/web/composer/paste-file.ts'
import '../english.ts'

test('a text file becomes a code block that fences in the file cannot end', async () => {
  const file = new File(['a\n```\nb\n'], 'notes.md')
  expect(await fileToCodeBlock(file)).toEqual({ code: 'notes.md\n````md\na\n```\nb\n````\n' })
})

test('a file that is too large or is not text is refused with a reason', async () => {
  expect(await fileToCodeBlock(new File(['x'.repeat(30_001)], 'long.txt'))).toHaveProperty('problem')
  expect(await fileToCodeBlock(new File([new Uint8Array([0, 255, 1])], 'picture.png'))).toHaveProperty('problem')
})
