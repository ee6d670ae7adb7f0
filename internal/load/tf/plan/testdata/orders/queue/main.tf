variable "name" {}

variable "kms_key" {}

resource "aws_sqs_queue" "this" {
  name              = var.name
  kms_master_key_id = var.kms_key
}

output "url" {
  value = aws_sqs_queue.this.url
}
