import { createAgent } from 'circles-rooms/router'

/** An agent that is a function of this Worker. */
export const parrot = createAgent('parrot', {
  handler: async (context, words: string) => {
    if (words.trim() === '') throw new Error('There is nothing to repeat.')
    context.logger.info('Repeating', { length: words.length })
    return words
  },
})
