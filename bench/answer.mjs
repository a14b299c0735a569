/** The other end of `Worker`: answers the questions of the parent process. */
export const answerWith = (answers) => {
  process.on('message', ({ ask, about }) => {
    Promise.resolve(about)
      .then(answers[ask])
      .then(
        (answer) => process.send({ answer }),
        (error) => process.send({ failure: error.stack }),
      )
  })
  process.on('disconnect', () => process.exit())
}

/** Microseconds of processor time that this process has used. */
export const processorTime = () => {
  const { user, system } = process.cpuUsage()
  return user + system
}
