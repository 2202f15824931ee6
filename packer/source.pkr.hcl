source "qemu" "appliance" {
  accelerator          = var.accelerator
  machine_type         = "pc"
  headless             = true
  format               = "qcow2"
  disk_image           = true
  iso_url              = var.disk
  iso_checksum         = "sha256:${var.disk_sha256}"
  skip_resize_disk     = true
  disk_interface       = "virtio-scsi"
  disk_additional_size = ["1G"]
  disk_cache           = "unsafe"
  # Or fstrim frees nothing.
  disk_discard     = "unmap"
  net_device       = "virtio-net"
  output_directory = var.output
  vm_name          = "system.qcow2"
  cpus             = 2
  memory           = 2048
  boot_wait        = "1s"
  vnc_bind_address = "127.0.0.1"

  communicator         = "ssh"
  ssh_username         = "root"
  ssh_private_key_file = var.key
  ssh_timeout          = "15m"
  shutdown_command     = "systemctl poweroff"
  shutdown_timeout     = "5m"

  # An option named here replaces Packer's own. The machine reaches nobody (restrict), and is reached from here alone. It lets
  # Packer in by a unit that it is given as a credential: nothing of that is on its disk.
  qemuargs = [
    ["-cpu", var.accelerator == "kvm" ? "host" : "max"],
    ["-netdev", "user,id=user.0,restrict=on,hostfwd=tcp:127.0.0.1:{{ .SSHHostPort }}-:22"],
    ["-smbios", "type=11,value=io.systemd.credential.binary:systemd.extra-unit.packer.service=${var.way_in}"],
    ["-smbios", "type=11,value=io.systemd.credential:systemd.unit-dropin.multi-user.target=[Unit]\nWants=packer.service\n"],
    ["-serial", "file:${var.console}"],
  ]
}
