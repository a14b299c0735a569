variable "name" {
  type = string
}

resource "aws_lambda_function" "this" {
  function_name = var.name
  handler       = "index.handler"
  runtime       = "nodejs22.x"
  role          = aws_iam_role.this.arn
  filename      = "${path.module}/function.zip"
}

resource "aws_iam_role" "this" {
  name = "${var.name}-role"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Action    = "sts:AssumeRole"
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })
}

output "invoke_arn" {
  value = aws_lambda_function.this.invoke_arn
}
