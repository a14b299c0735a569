/**
 * Whatever an authorizer function does wrong under the contract of a Lambda authorizer, on every adapter, with every method: no handler runs,
 * the answer is the contract's, nothing of the cause is told, and nothing is left behind (INV-2, INV-3, INV-6, SEC-36, 37, 98).
 * @module
 */
import { describeFaultsUnder } from '../../support/faults/suite.ts'

describeFaultsUnder('aws.token')
