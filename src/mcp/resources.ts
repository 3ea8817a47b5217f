import { type McpServer, ResourceNotFoundError, ResourceTemplate } from '@modelcontextprotocol/server'
import type { HttpContext } from '../http/context.ts'
import { readDirectory } from '../http/routes/circles.ts'
import { openCircle, readPage } from './circle.ts'
import { messageOf } from './tool.ts'

const mimeType = 'application/json'
const listed = 200 // circles in the list of resources; `list` has them all

/** Adds the circles as resources, `circle://<name>`: what was said last. */
export function addResources(server: McpServer, context: HttpContext): void {
  const template = new ResourceTemplate('circle://{name}', {
    list: async () => {
      const { circles } = await readDirectory(context, { after: '', limit: listed })
      return { resources: circles.map(({ name, title }) => ({ uri: `circle://${name}`, name, title, mimeType })) }
    },
  })
  const metadata = { title: 'A circle', description: 'The last 50 events of a circle.', mimeType }
  server.registerResource('circle', template, metadata, async (uri, { name }) => {
    const page = await readPage(await openCircle(context, String(name)), context, { limit: 50 })
    if (page instanceof Response) throw new ResourceNotFoundError(uri.href, await messageOf(page))
    return { contents: [{ uri: uri.href, mimeType, text: JSON.stringify(page) }] }
  })
}
