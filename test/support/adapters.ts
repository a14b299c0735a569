/** The matrix of adapters: a suite written once meets every framework and every supported major. @module */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, onTestFinished } from 'vitest'
import { express4Framework, express5Framework } from './applications/express.ts'
import { honoFramework } from './applications/hono.ts'
import { koa2Framework, koa3Framework } from './applications/koa.ts'
import { nodeFramework } from './applications/node-http.ts'
import type { Framework, Journal, Plan } from './applications/plan.ts'
import { ask, type RawAnswer, type RawRequest } from './raw-client.ts'

export { echo, type Plan, spell, type Visit } from './applications/plan.ts'

/** An application that listens on a port of its own until the test ends. */
export interface Service extends Journal {
  readonly port: number
  /** One question on a connection of its own, one answer. */
  ask(request: RawRequest): Promise<RawAnswer>
}

/** A framework with the adapter for it, ready to serve. */
export interface Adapter extends Framework {
  serve(plan: Plan): Promise<Service>
}

const serve = async (framework: Framework, plan: Plan): Promise<Service> => {
  const journal: Journal = { hits: [], errors: [] }
  const server = createServer(framework.listener(plan, journal))
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  onTestFinished(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  )
  const { port } = server.address() as AddressInfo
  return { ...journal, port, ask: (request) => ask(port, request) }
}

const FRAMEWORKS: readonly Framework[] = [
  express4Framework,
  express5Framework,
  koa2Framework,
  koa3Framework,
  honoFramework,
  nodeFramework,
]

const toAdapter = (framework: Framework): Adapter => ({ ...framework, serve: (plan) => serve(framework, plan) })

export const ADAPTERS: readonly Adapter[] = FRAMEWORKS.map(toAdapter)

/** Describes the same tests for each adapter. */
export const describeAdapters = (title: string, define: (adapter: Adapter) => void): void => {
  describe.each(ADAPTERS.map((adapter) => [adapter.name, adapter] as const))(`${title} on %s`, (_, adapter) =>
    define(adapter),
  )
}

/** The option `mountPath` for a guard below a mount, where the framework does not tell it: on bare Node.js, and for applications. */
export const statedMount = (
  { name }: { readonly name: string },
  mountPath: string,
  application: boolean = false,
): { readonly mountPath?: string } =>
  name === 'node:http' || (application && /Koa|Hono/.test(name)) ? { mountPath } : {}
