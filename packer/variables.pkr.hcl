variable "disk" {
  type        = string
  description = "The system's disk, as scripts/build-ova makes it."
}

variable "disk_sha256" {
  type = string
}

variable "output" {
  type        = string
  description = "A folder that does not exist yet, for the disk."
}

variable "files" {
  type        = string
  description = "Where the list of the sealed disk's files goes."
}

variable "key" {
  type        = string
  description = "The private half of a key for this boot alone."
}

variable "way_in" {
  type        = string
  description = "guest.service with its public half, in base64."
}

variable "scripts" {
  type        = list(string)
  default     = []
  description = "What else is to be done in the machine before it is sealed."
}

variable "accelerator" {
  type    = string
  default = "tcg"
}

variable "console" {
  type        = string
  description = "A file for what the machine says on its serial port."
}
