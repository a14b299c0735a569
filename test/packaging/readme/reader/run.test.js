// Imports every block of the documentation that can run. Servers listen on a free port of this machine and are closed.
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { Server } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'

const programs = JSON.parse(readFileSync(`${import.meta.dirname}/programs.json`, 'utf8'))
const servers = new Set()
const listen = Reflect.get(Server.prototype, 'listen')

vi.spyOn(Server.prototype, 'listen').mockImplementation(function listenOnFreePort(...args) {
  servers.add(this)
  const callback = args.find((each) => typeof each === 'function')
  return listen.call(this, 0, '127.0.0.1', callback)
})
for (const method of ['log', 'warn', 'error', 'info']) vi.spyOn(console, method).mockImplementation(() => undefined)

afterEach(async () => {
  for (const server of servers) {
    server.closeAllConnections?.()
    server.close()
  }
  servers.clear()
})

const runnable = programs.filter(({ isRun, file }) => isRun && !/\.test\.[jt]s$/.test(file))

test.each(runnable.map(({ page, file, path }) => [page, file, path]))('%s %s', async (_, __, path) => {
  await expect(import(/* @vite-ignore */ path)).resolves.toBeDefined()
  const starting = [...servers].filter((server) => !server.listening)
  await Promise.all(starting.map(async (server) => once(server, 'listening')))
})
