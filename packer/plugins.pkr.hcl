# For a Packer of today, which has its builders outside (`packer init packer`). Debian's 1.6.6 has this one inside and stops at the
# block; scripts/build-ova leaves this file out for it.
packer {
  required_plugins {
    qemu = {
      source  = "github.com/hashicorp/qemu"
      version = ">= 1.0.9"
    }
  }
}
