/** `custom-authorizer serve`: a guarding reverse proxy for the API of a definition. @module */
import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { GuardedApi } from '@custom-authorizer/definitions'
import { type Command, defineCommand } from '../arguments/command.ts'
import type { ExitCode, Host } from '../host.ts'
import { inspector } from '../inspector/index.ts'
import { UsageError } from '../usage-error.ts'
import { type Hooks, loadApi, type ServedApi } from './guarded-api.ts'
import { contextHeadersOf, SERVE_OPTIONS, type ServeValues, upstreamOf } from './options.ts'
import { ServeOutput } from './output.ts'
import { close, createReplaceable, type Handling, handlingOf, listen } from './server.ts'
import { Upstream } from './upstream.ts'

const DEFAULT_PORT = 8787

const summary = ({ routes }: GuardedApi): string => {
  const open = routes.filter(({ guard }) => guard === 'open').length
  return `${routes.length} ${routes.length === 1 ? 'route' : 'routes'}, ${open} open`
}

/** One run of the command. */
class Serving {
  readonly #names: readonly string[]
  readonly #values: ServeValues & { readonly json: boolean }
  readonly #host: Host
  readonly #output: ServeOutput
  readonly #upstream: Upstream
  readonly #hooks: Hooks
  #version = 0
  #handling: Handling | undefined
  #stopWatching: () => void = () => undefined
  #closeInspector: () => Promise<void> = () => Promise.resolve()
  /** Kept when the definition is read again, so that an open page goes on. */
  readonly #inspectorToken = randomBytes(32).toString('base64url')
  #inspectorPort = 0

  constructor(names: readonly string[], values: ServeValues & { readonly json: boolean }, host: Host) {
    this.#names = names
    this.#values = values
    this.#host = host
    this.#output = new ServeOutput(host, values.json)
    this.#upstream = new Upstream(upstreamOf(values))
    this.#hooks = {
      onDecision: (decision) => this.#output.decision(decision),
      onProblem: (line) => this.#output.problem({ message: line, advice: [] }),
    }
  }

  async run(): Promise<ExitCode> {
    const ended = this.#host.interruption()
    const first = await this.#load()
    const server = createReplaceable(() => this.#handling as Handling)
    await this.#use(first)
    const port = await listen(server, this.#values.port ?? DEFAULT_PORT)
    const url = `http://127.0.0.1:${port}`
    const target = this.#values.upstream ?? ''
    this.#output.event('listening', `${url} guards ${target}: ${summary(first.api)}`, {
      url,
      upstream: target,
      routes: first.api.routes,
    })
    if (!ended.aborted)
      await new Promise<void>((resolve) => ended.addEventListener('abort', () => resolve(), { once: true }))
    this.#stopWatching()
    await this.#closeInspector()
    await close(server)
    return 0
  }

  #load(): Promise<ServedApi> {
    return loadApi(this.#names, this.#values, { host: this.#host, hooks: this.#hooks, version: this.#version })
  }

  async #use(served: ServedApi): Promise<void> {
    const socketPath = this.#values['base-path'] ?? '/'
    this.#handling = handlingOf(served, this.#upstream, { contextHeaders: contextHeadersOf(this.#values), socketPath })
    if (this.#values.inspect) await this.#inspect(served.api)
    this.#stopWatching()
    if (this.#values.watch) this.#stopWatching = this.#host.watch(served.files, () => void this.#reload())
  }

  /** Guards go on with the last definition that could be read. */
  async #reload(): Promise<void> {
    this.#version += 1
    const version = this.#version
    try {
      const served = await this.#load()
      if (version !== this.#version) return
      await this.#use(served)
      this.#output.event('reloaded', `Reloaded: ${summary(served.api)}`, { routes: served.api.routes })
    } catch (error) {
      // Also for an error that no file explains: the guards that run are still right.
      const { message, advice } = error instanceof UsageError ? error : new UsageError('an unexpected error')
      this.#output.problem({ message: `not reloaded: ${message}`, advice })
    }
  }

  async #inspect(api: GuardedApi): Promise<void> {
    await this.#closeInspector()
    const page = inspector(api, { token: this.#inspectorToken })
    const server = createServer((request, response) => page(request, response))
    const isFirst = this.#inspectorPort === 0
    this.#inspectorPort = await listen(server, this.#inspectorPort)
    this.#closeInspector = async () => {
      page.close()
      await close(server)
    }
    const url = `http://127.0.0.1:${this.#inspectorPort}${page.url}`
    if (isFirst) this.#output.event('inspecting', `Inspector: ${url}`, { url })
  }
}

/** The command `serve`. */
export const serve: Command = defineCommand(
  {
    name: 'serve',
    summary:
      'Serves the API of a definition on this machine: guards each route as the gateway does, with its responses, and forwards what is allowed to a service.',
    positionals: [{ name: 'FILE', description: 'Definition file, as in import.', repeats: true }],
    notes: [
      'It listens on 127.0.0.1 only, and is meant for development and tests. In production, mount guardApi in the service itself.',
    ],
    exitCodes: { 0: 'ended by the user', 1: 'never', 2: 'a usage error, or a definition that needs answers' },
    examples: [
      {
        command: 'custom-authorizer serve template.yaml --upstream http://127.0.0.1:8080 --handler auth=authorizer.js',
        description: 'Guard a service with a function:',
      },
      {
        command:
          "custom-authorizer serve serverless.yml --stage dev --upstream http://127.0.0.1:3000 --handler auth=auth.js --open 'GET /health' --watch --inspect",
        description: 'With an open route, reloading and the inspector:',
      },
    ],
  },
  SERVE_OPTIONS,
  ({ positionals, values }, host) => new Serving(positionals, values, host).run(),
)
