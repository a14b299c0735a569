variable "region" {
  type    = string
  default = "eu-central-1"
}

variable "stage" {
  type = string
}

locals {
  prefix        = format("%s-%s", "shop", lower(var.stage))
  is_production = var.stage == "prod"

  top_level = {
    orders = "orders"
    admin  = "admin"
    health = "health"
    me     = "me"
  }

  # DELETE is for staff; the tracking pixel of e-mails has no credentials.
  order_methods = {
    get    = { authorization = "CUSTOM", authorizer = aws_api_gateway_authorizer.token.id }
    delete = { authorization = "CUSTOM", authorizer = aws_api_gateway_authorizer.admin.id }
    head   = { authorization = "NONE", authorizer = null }
  }
}
