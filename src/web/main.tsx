import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { Failure } from './layout/failure.tsx'
import { ErrorBoundary } from './lib/error-boundary.tsx'
import { keepPage } from './lib/keep-page.ts'
import { keepEnterForInputMethod } from './lib/use-keys.ts'
import { loadWords } from './words/languages.ts'
import './style/tokens.css'
import './style/controls.css'
import './style/layout.css'
import './style/panels.css'
import './style/conversation.css'
import './style/text.css'
import './style/composer.css'
import './style/files.css'
import './style/touch.css'

const root = document.getElementById('root')
if (root === null) throw new Error('expected an element #root in index.html')

keepEnterForInputMethod()
keepPage()
const start = (): void =>
  createRoot(root).render(
    <StrictMode>
      <ErrorBoundary fallback={<Failure />}>
        <App />
      </ErrorBoundary>
    </StrictMode>,
  )
void loadWords(document.documentElement.lang).then(start)
