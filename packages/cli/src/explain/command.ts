/** `custom-authorizer explain`: evaluates a policy for one request, and prints why it allows or denies it. @module */
import { AuthorizerError, type PolicyExplanation, type StatementExplanation } from '@custom-authorizer/core'
import { evaluatePolicy, methodArn, type PolicyDocument, type PolicyQuestion } from '@custom-authorizer/core/aws'
import { ownMember } from '@custom-authorizer/core/contract'
import { type Command, defineCommand } from '../arguments/command.ts'
import { parsePair } from '../arguments/parse.ts'
import type { OptionTable, ValuesOf } from '../arguments/table.ts'
import { writeJson } from '../output/json.ts'
import { statementsText } from '../output/statements.ts'
import { type Style, style } from '../output/style.ts'
import { printable } from '../output/text.ts'
import { readJson } from '../read-file.ts'
import { UsageError } from '../usage-error.ts'
import { policyIn, statementsOf } from './policy-file.ts'

const OPTIONS = {
  method: { kind: 'text', short: 'X', value: 'METHOD', description: 'Method of the request. Default GET.' },
  path: { kind: 'text', value: 'PATH', description: 'Path of the request, without the query.' },
  api: {
    kind: 'list',
    value: 'NAME=VALUE',
    description: 'The API in the ARN of the request: region, accountId, apiId, stage, partition, basePath.',
  },
  resource: { kind: 'text', value: 'ARN', description: 'ARN of the request, instead of --method, --path and --api.' },
  action: { kind: 'text', value: 'ACTION', description: 'Default execute-api:Invoke.' },
  context: {
    kind: 'list',
    value: 'KEY=VALUE',
    description: 'Condition key, such as aws:SourceIp=192.0.2.7. A key that is repeated has several values.',
  },
} as const satisfies OptionTable

type Values = ValuesOf<typeof OPTIONS>

/** Runs a function of the library whose errors are the user's to correct. */
const checked = <T>(run: () => T): T => {
  try {
    return run()
  } catch (error) {
    throw error instanceof AuthorizerError ? new UsageError(error.message) : error
  }
}

const resourceOf = ({ resource, method, path, api }: Values): string => {
  if (resource !== undefined) {
    if (method !== undefined || path !== undefined || api.length > 0)
      throw new UsageError('--resource cannot be combined with --method, --path and --api')
    return resource
  }
  if (path === undefined)
    throw new UsageError('--path is missing', 'Name the request: --method and --path, or --resource.')
  if (!path.startsWith('/') || /[?#]/.test(path))
    throw new UsageError('--path is not a path without query, such as /pets/1')
  const members = Object.fromEntries(api.map((each) => parsePair('api', each)))
  return checked(() => methodArn(members, method ?? 'GET', path))
}

const contextOf = (pairs: readonly string[]): Readonly<Record<string, readonly string[]>> => {
  const context = new Map<string, string[]>()
  for (const pair of pairs) {
    const [key, value] = parsePair('context', pair)
    const values = context.get(key) ?? []
    context.set(key, [...values, value])
  }
  return Object.fromEntries(context)
}

/** The element of the policy that did not match, as the file spells it. */
const elementOf = (document: PolicyDocument, { index, failed, condition }: StatementExplanation): readonly string[] => {
  const names = { action: ['Action', 'NotAction'], resource: ['Resource', 'NotResource'], condition: ['Condition'] }
  const statement = statementsOf(document)[index]
  return (failed === undefined ? [] : names[failed]).flatMap((name) => {
    const value = ownMember(statement, name)
    return value === undefined || (name === 'Condition' && condition === undefined)
      ? []
      : [`${name}: ${printable(JSON.stringify(value))}`]
  })
}

const DECISIONS: Readonly<Record<PolicyExplanation['decision'], string>> = {
  Allowed: 'an Allow matches, and no Deny',
  ExplicitlyDenied: 'a Deny matches',
  ImplicitlyDenied: 'no Allow matches',
}

const reportText = (
  document: PolicyDocument,
  explanation: PolicyExplanation,
  { resource, action }: PolicyQuestion,
  shown: Style,
): string => {
  const { decision, statements } = explanation
  const verdict = (decision === 'Allowed' ? shown.green : shown.red)(decision)
  return [
    `${verdict}: ${DECISIONS[decision]}`,
    '',
    `resource  ${printable(resource)}`,
    ...(action === undefined ? [] : [`action    ${printable(action)}`]),
    '',
    statements.length === 0
      ? 'The policy has no statement.'
      : statementsText(explanation, shown, (each) => elementOf(document, each)),
    '',
  ].join('\n')
}

/** The command `explain`. */
export const explain: Command = defineCommand(
  {
    name: 'explain',
    summary: 'Evaluates an IAM policy for a request, and shows for each statement whether it matches and what differs.',
    positionals: [
      {
        name: 'POLICY',
        description:
          'JSON file with a policy document, or with the whole result of an authorizer function. - is standard input.',
      },
    ],
    notes: [
      'Policies with literal ARNs match only if --api names the API of the policy. The defaults are those of the library: us-east-1, 123456789012, abcdef1234, prod.',
    ],
    exitCodes: {
      0: 'the policy allows the request',
      1: 'the policy denies the request',
      2: 'a usage error, or no valid policy',
    },
    examples: [
      {
        command: 'custom-authorizer explain policy.json --method GET --path /pets/1 --api apiId=a1b2c3d4e5',
        description: 'Explain a policy for a request:',
      },
      {
        command:
          "custom-authorizer explain - --resource 'arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5/prod/GET/pets' < result.json",
        description: 'Explain the result of an authorizer function, for an ARN from a log:',
      },
      {
        command: 'custom-authorizer explain policy.json --path /pets --context aws:SourceIp=192.0.2.7',
        description: 'Set a condition key:',
      },
    ],
  },
  OPTIONS,
  async ({ positionals, values }, host) => {
    const name = positionals[0] as string
    const question: PolicyQuestion = {
      resource: resourceOf(values),
      ...(values.action !== undefined && { action: values.action }),
      context: contextOf(values.context),
    }
    const document = policyIn(await readJson(name, host), name === '-' ? 'standard input' : name)
    const explanation = checked(() => evaluatePolicy(document, question))
    const { decision, statements } = explanation
    const isAllowed = decision === 'Allowed'
    if (values.json)
      writeJson(host.stdout, {
        command: 'explain',
        allowed: isAllowed,
        decision,
        resource: question.resource,
        statements,
      })
    else host.stdout.write(reportText(document, explanation, question, style(host.colour)))
    return isAllowed ? 0 : 1
  },
)
