/** The child process of a `Worker`: handles the commands of the parent process. */
export const handleCommands = (handlers) => {
  process.on('message', ({ command, input }) => {
    Promise.resolve(input)
      .then(handlers[command])
      .then(
        (result) => process.send({ result }),
        (error) => process.send({ failure: error.stack }),
      )
  })
  process.on('disconnect', () => process.exit())
}

/** CPU time of this process in microseconds. */
export const processorTime = () => {
  const { user, system } = process.cpuUsage()
  return user + system
}
