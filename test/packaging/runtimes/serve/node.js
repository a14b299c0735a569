import { serve } from '@hono/node-server'
import { createApp, secretFrom } from '../app.js'

const { fetch } = createApp(secretFrom(process.argv[2]))
serve({ fetch, hostname: '127.0.0.1', port: 0 }, ({ port }) => console.log(`port ${port}`))
