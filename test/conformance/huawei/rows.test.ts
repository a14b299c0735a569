/**
 * The corpus rows for APIG, except those of the results table. Rows of the specification's tables, and rows that depend
 * on the framework, run on every adapter; the others run on one adapter for each kind of request. @module
 */
import { describeRows } from '../runner/describe-rows.ts'
import { HUAWEI_FILES, readHuaweiCorpus } from './corpus.ts'
import { apig } from './gateway.ts'

const TABLE_ROW_ID = /^[A-Z]\d+$/
/** Files whose rows depend on how a framework sends a response or passes a request on. */
const FRAMEWORK_DEPENDENT: ReadonlySet<string> = new Set(['backend-parameters', 'gateway-responses'])
/** Adapters for Node's request and for the web-standard request. */
const REQUEST_KINDS: ReadonlySet<string> = new Set(['node:http', 'Hono'])

describeRows(
  'APIG',
  apig,
  HUAWEI_FILES,
  readHuaweiCorpus,
  (adapter, name, { id }) => TABLE_ROW_ID.test(id) || FRAMEWORK_DEPENDENT.has(name) || REQUEST_KINDS.has(adapter.name),
)
