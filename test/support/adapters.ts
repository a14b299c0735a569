/** Runs one suite on every application, each test with a server of its own. @module */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, onTestFinished } from 'vitest'
import { APPLICATIONS } from './applications/index.ts'
import type { ApplicationPlan, Journal, TestApplication } from './applications/plan.ts'
import { sendRequest, type RawResponse, type RawRequest } from './raw-client.ts'

export { type ApplicationPlan as Plan, echo, toPlainContext, type HandledRequest } from './applications/plan.ts'

/** An application that listens on its own port until the test ends. */
export interface Service extends Journal {
  readonly port: number
  /** Sends one request on a new connection. */
  send(request: RawRequest): Promise<RawResponse>
}

/** A framework with the adapter for it, ready to serve. */
export interface Adapter extends TestApplication {
  serve(plan: ApplicationPlan): Promise<Service>
}

const serve = async (application: TestApplication, plan: ApplicationPlan): Promise<Service> => {
  const journal: Journal = { hits: [], errors: [] }
  const server = createServer(application.listener(plan, journal))
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  onTestFinished(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  )
  const { port } = server.address() as AddressInfo
  return { ...journal, port, send: (request) => sendRequest(port, request) }
}

const toAdapter = (application: TestApplication): Adapter => ({
  ...application,
  serve: (plan) => serve(application, plan),
})

export const ADAPTERS: readonly Adapter[] = APPLICATIONS.map(toAdapter)

/** Describes the same tests for each adapter. */
export const describeAdapters = (title: string, define: (adapter: Adapter) => void): void => {
  describe.each(ADAPTERS.map((adapter) => [adapter.name, adapter] as const))(`${title} on %s`, (_, adapter) =>
    define(adapter),
  )
}

/** The option `mountPath` for a guard below a mount that the framework does not report: on node:http, and for mounted applications. */
export const statedMount = (
  { name }: { readonly name: string },
  mountPath: string,
  application: boolean = false,
): { readonly mountPath?: string } =>
  name === 'node:http' || (application && /Koa|Hono/.test(name)) ? { mountPath } : {}
