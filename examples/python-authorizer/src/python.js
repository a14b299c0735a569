/** Starts the process of the Python authorizers. Deployed authorizers do not need this file. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** Starts the authorizers on a free port. */
export const startAuthorizers = async () => {
  const script = fileURLToPath(new URL('authorizers.py', import.meta.url))
  // It ends when its standard input is closed, and therefore with this process.
  const python = spawn('python3', [script], { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = once(python, 'exit').then(() => {
    throw new Error('The authorizers have ended')
  })
  const [line] = await Promise.race([once(python.stdout, 'data'), ended])
  ended.catch(() => undefined)
  return { origin: `http://127.0.0.1:${String(line).trim()}`, stop: () => python.stdin.end() }
}
