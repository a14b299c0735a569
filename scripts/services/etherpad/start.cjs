// Starts Etherpad on a free port, and sends the port to the parent process.
const settings = require('./utils/Settings')

settings.port = 0
settings.ip = '127.0.0.1'
void require('./server')
  .start()
  .then((server) => process.send({ port: server.address().port }))
