// This file is plain JavaScript because `npm start` reads it too, on a Node that knows no types.

/** What a deployment may have besides its default: what must exist in the account, and the configuration that binds it. */
export const optionalResources = {
  bus: {
    queues: ['circles-events', 'circles-events-dead'],
    buckets: [],
    config: {
      queues: {
        consumers: [
          {
            queue: 'circles-events',
            max_batch_size: 100,
            max_batch_timeout: 1, // s
            max_retries: 10,
            dead_letter_queue: 'circles-events-dead',
          },
        ],
        producers: [{ binding: 'DEAD_EVENTS', queue: 'circles-events-dead' }],
      },
    },
  },
  files: {
    queues: [],
    buckets: ['circles-files'],
    config: { r2_buckets: [{ binding: 'FILES', bucket_name: 'circles-files' }] },
  },
}

/** Returns whether the text of a configuration binds all that this resource consists of. */
export function isConfigured({ queues, buckets }, text) {
  return [...queues, ...buckets].every(name => text.includes(`"${name}"`))
}

/** Returns a part of wrangler's configuration as TOML; it has arrays of tables only, which may stand at the end of a file. */
export function tomlOf(config, path = []) {
  return Object.entries(config)
    .flatMap(([key, value]) => {
      const name = [...path, key]
      if (!Array.isArray(value)) return tomlOf(value, name)
      return value.map(table => {
        const lines = Object.entries(table).map(([field, one]) => `${field} = ${JSON.stringify(one)}\n`)
        return `\n[[${name.join('.')}]]\n${lines.join('')}`
      })
    })
    .join('')
}
