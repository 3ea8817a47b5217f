import { html, raw } from 'hono/html'
import type { JsonSchema } from './json-schema.ts'

type ParameterObject = { name: string; in: string; required?: boolean; description?: string }
type OperationObject = {
  tags: [string]
  summary: string
  description?: string
  parameters: ParameterObject[]
  requestBody?: { content: Record<string, { schema: JsonSchema }> }
  responses: Record<string, { description: string; content?: Record<string, { schema: JsonSchema }> }>
}

/** Renders an OpenAPI document as a page without scripts that loads nothing from another host. */
export function docsPage(document: JsonSchema, basePath = ''): string {
  const paths = document.paths as Record<string, Record<string, OperationObject>>
  const all = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  )
  const groups = Map.groupBy(all, ({ operation }) => operation.tags[0])
  const sections = [...groups].map(
    ([tag, list]) =>
      html`<section><h2 id="${tag}">${tag}</h2>${list.map(({ path, method, operation }) => renderOperation(path, method, operation))}</section>`,
  )
  return String(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Circles: the HTTP API</title>
<link rel="stylesheet" href="${basePath}/docs/style.css">
</head>
<body>
<header>
<h1>Circles over HTTP</h1>
<p>Requests and responses are JSON in <code>snake_case</code>. Send a token as <code>Authorization: Bearer …</code>; on a
server for guests a name is enough: <code>?name=ada</code>. An error is <code>{"error": {"code", "message"}}</code> with
the matching status. For programs there are <a href="${basePath}/openapi.json">/openapi.json</a> and, for the WebSocket side,
<a href="${basePath}/asyncapi.json">/asyncapi.json</a>.</p>
<nav>${[...groups.keys()].map(tag => html`<a href="#${tag}">${tag}</a> `)}</nav>
</header>
<main>${sections}</main>
</body>
</html>
`)
}

function renderOperation(
  path: string,
  method: string,
  { summary, description, parameters, requestBody, responses }: OperationObject,
) {
  return html`<article>
<h3><b class="${method}">${method.toUpperCase()}</b> <code>${path}</code></h3>
<p>${summary}.${description === undefined ? '' : ` ${description}`}</p>
${parameters.length === 0 ? '' : html`<ul>${parameters.map(renderParameter)}</ul>`}
${renderSchemas('Send', requestBody?.content)}
${Object.entries(responses).map(([status, { description, content }]) =>
  status === 'default'
    ? ''
    : content === undefined
      ? html`<p class="response">${status}: ${description}</p>`
      : renderSchemas(status, content),
)}
</article>`
}

function renderParameter({ name, in: place, required, description }: ParameterObject) {
  const notes = [place, ...(required ? ['required'] : [])].join(', ')
  return html`<li><code>${name}</code> <small>${notes}</small> ${description ?? ''}</li>`
}

function renderSchemas(label: string, content: Record<string, { schema: JsonSchema }> | undefined) {
  return Object.entries(content ?? {}).map(
    ([type, { schema }]) =>
      html`<details><summary>${label} <small>${type}</small></summary><pre>${JSON.stringify(schema, null, 2)}</pre></details>`,
  )
}

/** The style sheet of the page. */
export const docsStyle: string = raw(`
:root { color-scheme: light dark; --line: light-dark(#ddd, #444); --soft: light-dark(#f5f5f4, #222) }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 52rem; margin: 0 auto; padding: 1rem }
nav a { margin-right: 1rem }
article { border-top: 1px solid var(--line); padding: .5rem 0 1rem }
h3 { font-size: 1rem; margin: .5rem 0 }
h3 b { font: 600 .75rem/1 ui-monospace, monospace; border: 1px solid var(--line); border-radius: 4px; padding: .2em .4em }
code, pre { font-family: ui-monospace, monospace; font-size: .9em; overflow-wrap: anywhere }
pre { background: var(--soft); padding: .75rem; overflow: auto; max-height: 24rem }
p, ul { margin: .25rem 0 }
small { opacity: .7 }
`).toString()
