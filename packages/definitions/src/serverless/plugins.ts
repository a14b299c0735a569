/** Plugins that change routes, authorizers or paths when the service is deployed (DEF-SLS-16). @module */
import { itemsOf, member, textOf } from '../document/node.ts'
import type { Service } from './service.ts'

/** What each plugin changes. */
const PLUGINS: ReadonlyMap<string, string> = new Map([
  ['serverless-apigateway-service-proxy', 'adds routes without a function, which are declared in custom'],
  ['serverless-domain-manager', 'may set a base path'],
  ['serverless-plugin-conditional-functions', 'removes functions of some stages'],
  ['serverless-plugin-ifelse', 'replaces parts of the file for some stages'],
  ['serverless-plugin-split-stacks', 'moves routes to nested stacks'],
  ['serverless-associate-waf', 'adds a firewall, which may reject requests'],
  ['serverless-step-functions', 'adds routes that start state machines, which are declared in stepFunctions'],
  ['serverless-appsync-plugin', 'adds a GraphQL API'],
  ['serverless-api-gateway-caching', 'caches responses'],
  ['serverless-add-api-key', 'adds API keys'],
])

/** Names each plugin that changes what is read here. */
export const reportPlugins = ({ context, plugins }: Service): void => {
  context.values.known(plugins, { role: 'informs', what: 'plugins' })
  const list = plugins?.kind === 'map' ? member(plugins, 'modules') : plugins
  for (const node of itemsOf(list)) {
    const name = textOf(node)
    const effect = name === undefined ? undefined : PLUGINS.get(name)
    if (name === undefined || effect === undefined) continue
    const message = `the plugin ${name} ${effect}; plugins are not run`
    const advice = 'Compare with the template that serverless package writes, or give that template.'
    context.findings.report('not-carried', 'DEF-SLS-16', node, { message, advice })
  }
}
