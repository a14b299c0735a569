/** `npm run runtimes`: the packed packages under Hono on Node.js, Bun, Deno and workerd (SEC-113). @module */
import { clientOf, EXCHANGES, SECRET } from './exchanges.ts'
import { Project } from './project.ts'
import { RUNTIMES } from './runtimes.ts'

/** Resolves with the exit code. */
export const main = async (): Promise<number> => {
  const project = new Project()
  let failures = 0
  try {
    console.log('packing the packages, downloading the runtimes')
    await project.install()
    for (const { name, start } of RUNTIMES) {
      const { port, version, stop } = await start(project, SECRET.toString('base64'))
      let passed = 0
      try {
        for (const { title, run } of EXCHANGES) {
          try {
            await run(clientOf(port))
            passed++
          } catch (error) {
            failures++
            console.log(`  FAILED ${title}: ${(error as Error).message}`)
          }
        }
      } finally {
        await stop()
      }
      console.log(`${name} (${version}): ${passed} of ${EXCHANGES.length} passed`)
    }
  } finally {
    project.remove()
  }
  return failures === 0 ? 0 : 1
}
