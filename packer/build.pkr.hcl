build {
  sources = ["source.qemu.appliance"]

  provisioner "file" {
    source      = "${path.root}/list-files"
    destination = "/run/list-files"
  }

  provisioner "shell" {
    scripts = concat(["${path.root}/provision.sh"], var.scripts)
  }

  # Last: takes away what belongs to this boot, gives back unused blocks, and lists what is left.
  provisioner "shell" {
    script = "${path.root}/seal.sh"
  }

  provisioner "file" {
    direction   = "download"
    source      = "/run/files"
    destination = var.files
  }
}
