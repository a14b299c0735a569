/** The corpus rows for HTTP APIs, in every payload format, on every adapter. @module */
import { describeRows } from '../runner/describe-rows.ts'
import { HTTP_API_FILES, httpApi, readHttpApiCorpus } from './gateway.ts'

describeRows('HTTP API', httpApi, HTTP_API_FILES, readHttpApiCorpus)
