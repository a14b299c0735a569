// Starts the server on a free port, and sends the port to the parent process.
const load = require('esm')(module)

const server = load('./server.js').default({ domain: 'example.com' })
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
