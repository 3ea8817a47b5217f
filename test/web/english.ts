import { words as first } from '../../src/web/words/en/first.ts'
import { words as more } from '../../src/web/words/en/more.ts'
import { setWords } from '../../src/web/words/words.ts'

// For tests of components outside a browser: the page loads its words before it renders anything.
setWords('en', { ...first, ...more })
