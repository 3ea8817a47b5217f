import { mainElement, openDocument } from './document.ts'
import { bindTextarea } from './textarea-binding.ts'

// A text in an element that every browser has.

const { doc, awareness } = openDocument('textarea')
const wrapper = document.createElement('div')
wrapper.className = 'textarea'
const textarea = document.createElement('textarea')
textarea.setAttribute('aria-label', 'Text')
const overlay = document.createElement('div')
overlay.setAttribute('aria-hidden', 'true')
wrapper.append(textarea, overlay)
mainElement().append(wrapper)
bindTextarea({ textarea, overlay, text: doc.getText('content'), awareness })
