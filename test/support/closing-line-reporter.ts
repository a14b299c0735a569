import type { Reporter, SerializedError, TestModule } from 'vitest/node'

/**
 * Ends the run with one line that people and machines can read: `12 passed, 0 failed, 1 skipped`.
 * Files that could not be loaded and errors outside of any test count as failures. A run without tests has no such line.
 */
export default class ClosingLineReporter implements Reporter {
  #line: string | undefined

  constructor() {
    // At the exit, so that coverage tables and other reporters do not come after it.
    process.once('exit', () => {
      if (this.#line !== undefined) process.stdout.write(`\n${this.#line}\n`)
    })
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    let passed = 0
    let failed = unhandledErrors.length
    let skipped = 0
    for (const module of modules) {
      failed += module.errors().length
      for (const suite of module.children.allSuites()) failed += suite.errors().length
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        if (state === 'passed') passed++
        else if (state === 'skipped') skipped++
        else failed++
      }
    }
    if (passed + failed + skipped === 0) return
    this.#line = `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
  }
}
