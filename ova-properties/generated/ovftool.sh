#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Made by ovagen. Every property, with an example; leave out what you do not need.
# sh ovftool.sh millrace-VERSION.ova vi://USER@VCENTER/DATACENTER/host/CLUSTER
ovftool --acceptAllEulas --powerOn --X:injectOvfEnv --name=millrace \
    --prop:guestinfo.hostname='millrace.example.com' \
    --prop:guestinfo.ipaddress='192.168.10.20' \
    --prop:guestinfo.netmask='24 (255.255.255.0)' \
    --prop:guestinfo.gateway='192.168.10.1' \
    --prop:guestinfo.ipv6_address='2001:db8:10::20/64' \
    --prop:guestinfo.ipv6_gateway='2001:db8:10::1' \
    --prop:guestinfo.dns='192.168.10.2 192.168.10.3' \
    --prop:guestinfo.domain='example.com' \
    --prop:guestinfo.ntp='ntp1.example.com ntp2.example.com' \
    --prop:guestinfo.root_password='VMware1!' \
    --prop:guestinfo.enable_ssh='false' \
    --prop:guestinfo.ssh_authorized_keys='ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKzZ6vyHZ0vv0Q1rWq5Zr4oTj0m0pVgk8mHq5n3bW0Qx admin@example.com' \
    --prop:guestinfo.endpoint_username='admin' \
    --prop:guestinfo.endpoint_password='VMware1!' \
    --prop:guestinfo.vcenter_server='vcenter.example.com' \
    --prop:guestinfo.vcenter_username='millrace@vsphere.local' \
    --prop:guestinfo.vcenter_password='VMware1!' \
    --prop:guestinfo.vcenter_disable_tls_verification='false' \
    --prop:guestinfo.vcenter_checkpoint_age='604800' \
    --prop:guestinfo.vcenter_checkpoint_period='10' \
    --prop:guestinfo.vcenter2_server='vcenter2.example.com' \
    --prop:guestinfo.vcenter2_username='millrace@vsphere.local' \
    --prop:guestinfo.vcenter2_password='VMware1!' \
    --prop:guestinfo.vcenter2_disable_tls_verification='false' \
    --prop:guestinfo.horizon='false' \
    --prop:guestinfo.horizon_server='horizon.example.com' \
    --prop:guestinfo.horizon_domain='corp' \
    --prop:guestinfo.horizon_username='millrace' \
    --prop:guestinfo.horizon_password='VMware1!' \
    --prop:guestinfo.horizon_disable_tls_verification='false' \
    --prop:guestinfo.webhook='false' \
    --prop:guestinfo.webhook_username='sender' \
    --prop:guestinfo.webhook_password='VMware1!' \
    --prop:guestinfo.http_proxy='http://proxy.example.com:3128' \
    --prop:guestinfo.https_proxy='http://proxy.example.com:3128' \
    --prop:guestinfo.proxy_username='millrace' \
    --prop:guestinfo.proxy_password='VMware1!' \
    --prop:guestinfo.no_proxy='.example.com,192.168.0.0/16' \
    --prop:guestinfo.custom_tls_private_key='' \
    --prop:guestinfo.custom_tls_ca_cert='' \
    --prop:guestinfo.trusted_authorities='' \
    --prop:guestinfo.syslog_server_hostname='syslog.example.com' \
    --prop:guestinfo.syslog_server_port='514' \
    --prop:guestinfo.syslog_server_protocol='TLS' \
    --prop:guestinfo.syslog_server_format='RFC5424' \
    --prop:guestinfo.debug='false' \
    --prop:guestinfo.pod_network_cidr='10.10.0.0/16' \
    --prop:guestinfo.service_network_cidr='10.96.0.0/16' \
    "$1" "$2"
