import { createApp, secretFrom } from '../app.js'

const onListen = ({ port }) => console.log(`port ${port}`)
Deno.serve({ hostname: '127.0.0.1', port: 0, onListen }, createApp(secretFrom(Deno.args[0])).fetch)
