/** What is public, entry by entry, in the order of code units. Nothing else may be relied on. @module */
export const SURFACE: Readonly<Record<string, { readonly values: string; readonly types: string }>> = {
  '@custom-authorizer/cli': {
    values: `
      inspector
    `,
    types: `
      Inspector InspectorOptions
    `,
  },
  '@custom-authorizer/core': {
    values: `
      AuthorizerError DECISION_CHANNEL DeniedError MemoryStore PROBLEM_CHANNEL allOf allow anyOf
      createAuthorizer deny firstOf formatDecision gatewayDecision native optional redirect shadow
      unauthorized unavailable
    `,
    types: `
      Allow AllowOptions Allowed AnyFunction AssertGuardedOptions Authorizer AuthorizerContext
      AuthorizerErrorCode AuthorizerErrorOptions AuthorizerLimits AuthorizerOptions AuthorizerResult
      CacheReport CacheState Clock ComparedDecision ContextHeaderOptions ContextOf ContextRequirement
      ContextValues Contract CredentialReader CrossOriginOptions Decision DecisionObserver DenialCors
      DenialReason DenialResponse Denied Deny Difference DifferenceKind DifferenceSample Differences
      EvaluateOptions Expected Explanation GatewayDecisionOptions GatewayRequest GatewayResponse
      GatewayResponseType IdentitySourceState InvalidateSelector InvalidationMark Json KernelOptions
      LogFields Logger MemoryStoreOptions MountOptions NativeAnswer NativeAuthorize NativeAuthorizeBody
      NativeCall NativeOptions ObservedDecision Outcome PolicyExplanation Problem ProblemKind QueryEdit
      QueryParameter Redirect RedirectOptions RequestEdits RequestMapping ResourceDifference
      ResponseHeaders Route Routing SafeAfter ScopeRequirement ShadowAuthorizer ShadowOptions ShadowReport
      SharedResults SharedScope SharedSelector SharedStore SharedValue SkipReason StatementExplanation
      Store StoreHit StoreSelector StoredResult Unauthorized Unavailable UsableResults Usage
    `,
  },
  '@custom-authorizer/core/adapter': {
    values: `
      CUMULATIVE_HEADERS ContextHeaders DeniedError REPRESENTATION_HEADERS attach contextRequirement
      coverage createMount editTarget frameworkObject isBoundTo readAuthorizer reportProblem routedTarget
      scopeRequirement targetEdits withoutCredentials writableResponse
    `,
    types: `
      AttachedMount AuthorizerReference BodyProblem BodyReader BodyTerms CurrentRequest CustomAuthorizer
      Denying FrameworkTarget GatewayRequestInit GuardResult Guarded MiddlewareOf MiddlewareType Mount
      MountPath RequestProblem RequestReadOptions Requirement RoutedState RoutedTarget
    `,
  },
  '@custom-authorizer/core/aws': {
    values: `
      evaluatePolicy httpApi methodArn parameterMapping request token webSocket
    `,
    types: `
      ApiOptions AuthorizerResponse CredentialLimits GatewayResponseDefinition GatewayResponseDefinitions
      HttpApiCompatibility HttpApiOptions HttpPolicyResponse HttpRequestEvent HttpRequestEventV1
      LambdaCallback LambdaContext LambdaHandler LimitOptions ParameterMappingOptions PolicyDecision
      PolicyDocument PolicyQuestion PolicyStatement RequestEvent RequestOptions RequestParameters
      RestCompatibility RestGatewayResponseType RestOptions SimpleResponse TokenCompatibility TokenEvent
      TokenOptions WebSocketCompatibility WebSocketEvent WebSocketOptions WithCookies WithRestMembers
      WithRestRequest
    `,
  },
  '@custom-authorizer/core/contract': {
    values: `
      ASCII_FIELD_VALUE AuthorizedContext CROSS_ORIGIN_CHECKS CROSS_ORIGIN_UNSAFE_OPTIONS CircuitBreaker
      DENIALS FIELD_NAME FIELD_VALUE FUNCTION_IDENTITY GATEWAY_RESPONSES GatewayRequest Itself JsonNumber
      JsonProblem ORIGIN ParameterMapping REPEATED RepeatedLines RouteTable SOURCE_NAME STORE_BREAKER
      andThen asciiLower byteLength check checkAuthorizers checkGroupedOptions composeAuthorizers
      cookieSource createContext crossOriginRules decodeSlashes digestSecret functionConsole
      functionSource hasEncodedSlash headerSource headersFor identifyFunction identityHeadersOf
      identitySourceOption inBlock isAnonymous isAuthorizer isGatewayResponse isLongerThan isLoopback isNode
      isThenable jsonResponse lengthPrefixed markAnonymous markOutermost memberPath nodeBuiltin
      noteIdentityHeaders omitJsonNumbers ownMember ownText parseAddress parseBlock parseExactJson
      parseIdentitySource parseJson querySource readBoundedBody receivesAtMost replyWithin
      resultOfContext scopesOf sha256For spellNumbers subprotocolSource systemClock throughJson toJson toTemplate
      trustedContext unsafeOption unsafeOptionsIn waitFor withoutRejection
    `,
    types: `
      ApiKeyIdentity Block BodyBounds BodyFailure BreakerSettings Check Checks CredentialReader Denial
      DenialDetails DenialRow Evaluated FunctionIdentity GroupChecks Grouped HeaderRole IdentityLimits
      IdentitySource Invocation MappedParameter MappedPart MappingRules MappingScope Parsed Preparation
      Prepared Reply ReportOutcome Settled Sha256 UnsafeOption UnsafeOptions Verdict Waited
    `,
  },
  '@custom-authorizer/core/fetch': {
    values: `
      readBody toGatewayRequest toResponse withBody
    `,
    types: `
      FetchRequestOptions
    `,
  },
  '@custom-authorizer/core/huawei': {
    values: `
      backend backendParameters both frontend
    `,
    types: `
      ApiOptions BackendEvent BackendOptions BackendParameter BackendParameterOptions BackendPolicy
      BothContext BothOptions CommonCompatibility CommonOptions ErrorType FrontendCompatibility
      FrontendEvent FrontendOptions FunctionCallback FunctionContext FunctionGraphHandler FunctionLogger
      FunctionOptions GatewayResponseDefinition GatewayResponseDefinitions Identity PolicyCondition
    `,
  },
  '@custom-authorizer/core/node': {
    values: `
      GuardSteps IncomingPlace NextSteps RequirementSteps assertGuarded cleanViews currentRequest
      customAuthorizer frameworkTarget getAuthorizer getIncomingMessage guardRequest guardSocket
      guardUpgrade headersAreCut removeCredentials replaceParsed requireContext requireScopes runSteps setHeaderLines
      stripHeaders toGatewayRequest writeGatewayResponse
    `,
    types: `
      AssertServerOptions GuardedPlace GuardedSocket NodeMiddleware NodeRequestOptions RoutedRequest
      SocketConnection SocketError SocketMiddleware SocketOptions UpgradeGuard UpgradeListener
      UpgradeOptions
    `,
  },
  '@custom-authorizer/core/redis': {
    values: `
      checkRedis redisStore redisUsageStore
    `,
    types: `
      CallingClient CheckRedisOptions RedisClient RedisStore RedisStoreOptions RedisUsageStoreOptions
      Secret SendCommand SendingClient SendingCluster SendingSentinel StoreCounts
    `,
  },
  '@custom-authorizer/core/remote': {
    values: `
      gatewayResponse httpFunction lambdaFunction
    `,
    types: `
      AddressOptions BreakerOptions DeployedLambda Fetch GatewayResponseOptions HttpFunctionOptions
      LambdaEndpoint LambdaFunctionOptions LambdaInvocation LambdaInvoker LambdaResult MappedStatus
      RemoteContext RemoteFunction RemoteOptions
    `,
  },
  '@custom-authorizer/core/testing': {
    values: `
      adapterSuite contractSuite eventFor expectDecision fakeClock hangs scriptedAuthorizer
      sharedStoreSuite storeSuite testRequest throws usageStoreSuite
    `,
    types: `
      AdapterService ContractSubject DecisionExpectation EventOptions ExpectedAllow ExpectedDeny
      FakeClock HandledRequest ScriptedAuthorizer ScriptedEnd SharedStoreSubject StartService
      StoreSubject SuiteTest TestRequestInit UsageStoreSubject
    `,
  },
  '@custom-authorizer/core/usage-plan': {
    values: `
      MemoryUsageStore usagePlan
    `,
    types: `
      ApiKey ApiStage Bucket CommonPlanOptions CounterState Demand FindKey FoundKey KeyPlanOptions
      LoadConfiguration MemoryUsageStoreOptions PlanApi PlanConfiguration PlannedAuthorizer QuotaPeriod
      QuotaSettings SubjectPlanOptions Taken ThrottleSettings UsagePlan UsagePlanKey UsagePlanOptions
      UsageReport UsageStore
    `,
  },
  '@custom-authorizer/definitions': {
    values: `
      guardApi readDefinition
    `,
    types: `
      Acceptance ApiDefinition ApiRoute AuthorizerDefinition BackendParameterDefinition Binding
      CorsDefinition DefinedPlanOptions Definition DefinitionFile Finding Format GatewayResponseEntry
      GuardApiOptions GuardedApi HuaweiIdentity OpenReason Origin Protocol ReadOptions ReadResult
      ReportClass RouteDefinition Severity Source StopClass UsagePlanDefinition
    `,
  },
  '@custom-authorizer/express': {
    values: `
      assertGuarded customAuthorizer getAuthorizer getExpressRequest requireContext requireScopes
    `,
    types: `
      AssertGuardedOptions AuthorizerLocals AuthorizerMiddleware GuardMiddleware GuardedRequest
    `,
  },
  '@custom-authorizer/hono': {
    values: `
      assertGuarded customAuthorizer getAuthorizer getHonoContext requireContext requireScopes
    `,
    types: `
      AssertGuardedOptions AuthorizerMiddleware AuthorizerVariables
    `,
  },
  '@custom-authorizer/jwt': {
    values: `
      awsJwtAuthorizer jwtAuthorizer
    `,
    types: `
      Algorithm Authorizer AwsJwtAuthorizerOptions AwsJwtContext ChallengeParameters ClaimValue Claims CommonOptions Fetch
      IssuerOptions IssuerSelection Json JwtAuthorizerOptions JwtContext KernelPassthrough KeyLimits RequiredScopes
    `,
  },
  '@custom-authorizer/koa': {
    values: `
      assertGuarded customAuthorizer getAuthorizer getKoaContext requireContext requireScopes
    `,
    types: `
      AssertGuardedOptions AuthorizerMiddleware AuthorizerState
    `,
  },
}
