import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { convertToModelMessages, streamText, type ToolSet, type UIMessage } from 'ai'
import { openAiCompatible } from '../../src/agents/kit/model.ts'

/** The body of a request as `DefaultChatTransport` sends it, and we do. */
export type ChatRequest = { id: string; messages: UIMessage[]; trigger: string; circles: Record<string, unknown> }

/** Writes the response to one request. */
export type ChatScript = (response: ServerResponse, request: ChatRequest) => unknown

/** Starts an HTTP server on loopback with one route for `useChat`. */
export async function chatServer(script: ChatScript) {
  const requests: (ChatRequest & { authorization: string | undefined })[] = []
  const closed = Promise.withResolvers<void>() // when the first client disconnects
  const server = createServer(async (request, response) => {
    response.on('close', () => void (response.writableEnded || closed.resolve()))
    let body = ''
    for await (const chunk of request) body += chunk
    const chat = JSON.parse(body) as ChatRequest
    requests.push({ ...chat, authorization: request.headers.authorization })
    await script(response, chat)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/chat`,
    requests,
    hungUp: closed.promise,
    close: () => {
      server.closeAllConnections()
      return new Promise<void>(resolve => server.close(() => resolve()))
    },
  }
}

/** A route that the AI SDK itself serves, as its documentation has it, with the model at this address. */
export const routeOf =
  (baseUrl: string, tools: ToolSet): ChatScript =>
  async (response, { messages }) => {
    const answer = streamText({
      model: openAiCompatible({ baseUrl, model: 'm' }),
      messages: await convertToModelMessages(messages, { tools }),
      tools,
    })
    await answer.pipeUIMessageStreamToResponse(response, {
      originalMessages: messages,
      messageMetadata: ({ part }) => (part.type === 'finish' ? { totalUsage: part.totalUsage } : undefined),
    })
  }
