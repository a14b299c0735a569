/**
 * Errors of authorizer functions under a Lambda authorizer contract, on every adapter and with every method: no handler runs, the client gets the
 * error response of the contract, the cause is not disclosed, and nothing leaks (INV-2, INV-3, INV-6, SEC-36, 37, 98).
 * @module
 */
import { describeFaultsUnder } from '../../support/faults/suite.ts'

describeFaultsUnder('aws.token')
