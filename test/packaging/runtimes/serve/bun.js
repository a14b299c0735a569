import { createApp, secretFrom } from '../app.js'

const { port } = Bun.serve({ fetch: createApp(secretFrom(process.argv[2])).fetch, hostname: '127.0.0.1', port: 0 })
console.log(`port ${port}`)
