// The error codes of `AuthorizerError`, for docs/errors.md. One row per code; a test compares the codes with the type.

/** @type {Readonly<Record<string, { summary: string, message: string, cause: string, fix: string }>>} */
export const ERRORS = {
  ERR_OPTION: {
    summary: 'An option is unknown, invalid or contradicts another one. Thrown at start-up.',
    message: 'aws.token.authorizerResultTtlInSeconds: found a string; allowed: a whole number from 0 to 3600 (seconds)',
    cause: 'A misspelled option, a value of another type or out of range, or two options that exclude each other.',
    fix: 'The message names the option and the allowed values. It never shows the value, which may be a secret.',
  },
  ERR_DEFINITION: {
    summary:
      'An API definition cannot be mounted as it is. Thrown by `guardApi` at start-up, with one line for each reason.',
    message:
      'guardApi: nothing is mounted:\n- template.yaml:14 DEF-SAM-13 resource-policy: the API has a resource policy, which may reject requests and is not evaluated. …\n- routes without an authorizer; name them if they are to stay open: open: ["GET /health"]',
    cause:
      'A finding that stops has no answer, an authorizer has no function, an open or undecided route is not confirmed, the API is not clear, or the value is not a definition.',
    fix: 'Each line says what answers it: a parameter, `authorizers`, `open`, `undecided`, `api`, or an entry in `accept`. See [findings](../definitions/index.md#findings).',
  },
  ERR_NOT_AUTHORIZED: {
    summary: 'The request has no result of an authorizer. Thrown by `getAuthorizer`, and by `bind: "strict"`.',
    message: 'getAuthorizer: no authorizer has allowed this request, or its method or path has changed since. …',
    cause:
      '`customAuthorizer` is registered after the handler, the path is skipped, the framework does not report a mount, or other code has changed method or path.',
    fix: 'Register the guard before the handler, and state mounts in `mountedPaths`. On skipped paths read the locals of the framework instead. Change method and path before the guard.',
  },
  ERR_FRAMEWORK: {
    summary:
      'A native authorizer called `getExpressRequest`, `getKoaContext`, `getHonoContext` or `getIncomingMessage` for a request of another adapter. The client gets 500.',
    message: 'getExpressRequest: the request comes from another adapter',
    cause: 'The function is mounted with another adapter than the one whose accessor it calls, or runs in a unit test.',
    fix: 'Call the accessor of the adapter that guards the route.',
  },
  ERR_POLICY: {
    summary: 'A policy document is invalid. Thrown by `evaluatePolicy`.',
    message: 'resource is not an ARN of six fields',
    cause: 'The document does not follow the policy grammar, or the resource is not an ARN.',
    fix: 'Correct the element that the message names. In a request, the same policy is a denial with the reason `BAD_RESULT`.',
  },
  ERR_REMOTE_OVERLOADED: {
    summary: 'A remote function was not called. The client gets 503.',
    message: 'httpFunction: the circuit breaker is open because too many calls failed',
    cause: '`maxConcurrency` calls are running, or the circuit breaker is open after failed calls.',
    fix: 'Make the function faster, cache its results, or raise `maxConcurrency`. The circuit closes when a call succeeds.',
  },
  ERR_REMOTE_UNREACHABLE: {
    summary: 'A remote function could not be reached or broke off. The client gets 500.',
    message: 'lambdaFunction: could not be reached (ECONNREFUSED)',
    cause: 'No connection, no response before the deadline, a connection that breaks, or status 500 or 503.',
    fix: 'Check the address, the network and the function. A handler may throw this code itself, with `isOutage: true`, if a service that it depends on is down.',
  },
  ERR_REMOTE_RESPONSE: {
    summary: 'A remote function returned an invalid response. The client gets 500.',
    message: 'httpFunction: returned status 302',
    cause:
      'A status that is neither 200 nor in `mapStatus`, another content type, a body above `maxResponseBytes`, or invalid JSON.',
    fix: 'Return status 200 with one JSON document, or map 401 and 403 with `mapStatus`.',
  },
  ERR_STORE: {
    summary: 'A store has not confirmed an invalidation, cannot be read, or may not be used as it is set up.',
    message: 'Redis has not confirmed an invalidation; it holds in this process only',
    cause:
      'Redis did not respond in time or rejected the command of `invalidate`, `usageOf` could not read a counter, or `checkRedis` found that a command is not allowed.',
    fix: 'Call `invalidate` again. For `checkRedis`, allow the commands that the message names, with keys of the prefix.',
  },
  ERR_UNGUARDED: {
    summary:
      'Routes or listeners can be reached without an authorizer. Thrown by `assertGuarded`, and by the `on` of a server that it has checked.',
    message:
      'Open without an authorizer:\nGET /health\nRegister the guard before them, or name in `except` what is meant to be open.',
    cause:
      'A route is registered before the guard, or an `upgrade` listener is not wrapped in `guardUpgrade`, or is added after `assertGuarded`.',
    fix: 'Register the guard first, or list open routes in `except`.',
  },
}
