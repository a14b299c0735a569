/** The corpus rows for REST APIs, on every adapter. @module */
import { describeRows } from '../runner/describe-rows.ts'
import { readRestCorpus, REST_FILES, restApi } from './gateway.ts'

describeRows('REST API', restApi, REST_FILES, readRestCorpus)
