// A reporter for mocha of any version: writes the title and the state of each test to the file that TEST_RESULTS names.
const { writeFileSync } = require('node:fs')

/** @param {import('node:events').EventEmitter} runner */
module.exports = function Results(runner) {
  const results = []
  const record = (state) => (test, error) =>
    results.push({ title: test.fullTitle(), state, error: error === undefined ? undefined : String(error.message) })
  runner.on('pass', record('passed'))
  runner.on('fail', record('failed'))
  runner.on('pending', record('skipped'))
  runner.on('end', () => writeFileSync(process.env.TEST_RESULTS, JSON.stringify(results)))
}
