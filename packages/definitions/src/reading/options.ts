/** Options of `readDefinition`, and their checks. @module */
import { check, type Checks } from '@custom-authorizer/core/contract'

/** The formats, recognised by content (DEF-GEN-02). */
export type Format = 'openapi' | 'cloudformation' | 'sam' | 'serverless' | 'terraform' | 'terraform-json' | 'cdk'

/** Options of `readDefinition`. */
export interface ReadOptions {
  /** Format of the files. Default: recognised by content. */
  format?: Format
  /** Parameters of a CloudFormation or SAM template, and pseudo parameters such as `AWS::Region`. Default: none. */
  parameters?: Readonly<Record<string, string>>
  /**
   * Variables: of Terraform by name, or by address for other values, such as `data.aws_ssm_parameter.issuer.value`; of
   * serverless.yml as written, such as `opt:region`, `env:TABLE`, `param:domain` or `ssm:/path`; of a templated OpenAPI file
   * by name. Environment variables are never read. Default: none.
   */
  variables?: Readonly<Record<string, unknown>>
  /** Stage of a serverless.yml, and of an OpenAPI file. Default: as the format says. */
  stage?: string
  /** Folder that files may refer to. Files outside of it are never read. Default: the folder of the first file. */
  baseDirectory?: string
  /**
   * Whether defaults of parameters and variables may decide that a route is guarded, or is not. The deployed stage may set
   * another value. Default `false` (DEF-RES-05).
   */
  useDefaults?: boolean
  /** Kind of API of an OpenAPI file. Default: derived from its authorizers (DEF-OAS-23). */
  protocol?: 'REST' | 'HTTP'
  /**
   * What `basePath` and `servers` of an OpenAPI document do to paths, as the import option of API Gateway. Default: what its
   * resource declares, else `'ignore'`.
   */
  basePathMode?: 'ignore' | 'prepend' | 'split'
}

const textMap = (value: unknown): string | undefined =>
  check.isRecord(value) && Object.values(value).every((each) => typeof each === 'string')
    ? undefined
    : 'an object with text values'

/** One row per option. */
export const READ_CHECKS: Checks<ReadOptions> = {
  format: check.oneOf('openapi', 'cloudformation', 'sam', 'serverless', 'terraform', 'terraform-json', 'cdk'),
  parameters: textMap,
  variables: (value) => (check.isRecord(value) ? undefined : 'an object'),
  stage: check.text(/^[\w$-]{1,128}$/, 'letters, digits, "-", "_" and "$"'),
  baseDirectory: check.text(),
  useDefaults: check.oneOf(true, false),
  protocol: check.oneOf('REST', 'HTTP'),
  basePathMode: check.oneOf('ignore', 'prepend', 'split'),
}
