import '@excalidraw/excalidraw/index.css'
import { Excalidraw } from '@excalidraw/excalidraw'
import { createRoot } from 'react-dom/client'
import { mainElement, openDocument } from './document.ts'
import { bindExcalidraw, sharePointer } from './excalidraw-binding.ts'

// A drawing in Excalidraw.

const { doc, awareness } = openDocument('excalidraw')

createRoot(mainElement()).render(
  <div className="excalidraw-board">
    <Excalidraw
      excalidrawAPI={api => bindExcalidraw({ api, elements: doc.getMap('elements'), awareness })}
      onPointerUpdate={({ pointer }) => sharePointer(awareness, pointer)}
    />
  </div>,
)
