/** The results table: results of a function without and with relaxed mode, on every adapter. @module */
import { describeRows } from '../runner/describe-rows.ts'
import { readResults } from './corpus.ts'
import { apig } from './gateway.ts'

describeRows('APIG', apig, ['results'], readResults)
