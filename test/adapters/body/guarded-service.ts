/** A service whose guard is given the body of each request, and what each side has seen of it. @module */
import * as huawei from '@custom-authorizer/core/huawei'
import type { Adapter, Plan, Service } from '../../support/adapters.ts'
import { printOf } from './payload.ts'

type Step = NonNullable<Plan['use']>[number]
type Visit = Parameters<NonNullable<NonNullable<Plan['routes']>[number]['handle']>>[0]

/** What the function is to do once it has been given a body. */
export type Deed = () => 'allow' | 'deny' | Promise<'allow' | 'deny'>

/** A function that notes down the bodies that it is given, and the guard that calls it. */
export class Watcher {
  readonly seen: string[] = []
  readonly #deed: Deed

  constructor(deed: Deed = () => 'allow') {
    this.#deed = deed
  }

  readonly handler = async (event: huawei.FrontendEvent): Promise<object> => {
    this.seen.push(printOf(Buffer.from(event.body, 'base64')))
    return { statusCode: 200, body: JSON.stringify({ status: await this.#deed(), context: { user: 'abc' } }) }
  }

  guard(adapter: Adapter, options: huawei.FrontendOptions = {}, mount: object = {}): Step {
    const contract = huawei.frontend({ needBody: true, ...options })
    return adapter.customAuthorizer(this.handler as never, { contract, logger: null, ...mount })
  }
}

/** Answers with what the handler has seen of the body. */
export const tell = async (visit: Visit): Promise<{ body: string }> => ({ body: printOf(await visit.body()) })

/** A service behind these steps, with a route that tells and one that never looks at the body. */
export const serve = (adapter: Adapter, ...use: Step[]): Promise<Service> =>
  adapter.serve({
    use,
    routes: ['GET', 'POST'].flatMap((method) => [
      { method, path: '/upload', handle: tell },
      { method, path: '/ignore', handle: () => ({ body: 'ignored' }) },
    ]),
  })
