// SPDX-License-Identifier: Apache-2.0
#include "configurator/steps/steps.hpp"

namespace millrace::configurator {
namespace {

/// sshd takes the first value it finds, and reads this before its own file.
std::string sshd_file(AccessSettings const& access) {
    bool const by_key = !access.ssh_keys.empty();
    return std::string("PermitRootLogin ") + (by_key ? "prohibit-password" : "yes") +
           "\nPasswordAuthentication " + (by_key ? "no" : "yes") +
           "\nMaxAuthTries 3\nX11Forwarding no\nAllowTcpForwarding no\n";
}

constexpr std::string_view ssh_door = "add rule inet millrace input tcp dport ssh accept\n";

}  // namespace

Step passwords_step(AccessSettings const& access) {
    Step step{.id = "passwords", .title = "Passwords"};
    step.programs.push_back(
        {.words = {"/usr/sbin/chpasswd"},
         .input = Secret("root:" + access.root_password.reveal() + "\n")});
    return step;
}

Step web_page_step(AccessSettings const& access) {
    Step step{.id = "web-page", .title = "Sign-in at the web page"};
    // systemd.exec(5), ImportCredential: for the web page's unit alone.
    step.changes.emplace_back(KeepDirectory{"/etc/credstore", 0700});
    step.programs.push_back(
        {.words =
             {"/usr/libexec/millrace/millrace-console", "hash-password",
              "--user=" + access.console_user, "--into=/etc/credstore/console.login"},
         .input = access.console_password});
    return step;
}

Step ssh_step(AccessSettings const& access) {
    Step step{.id = "ssh", .title = "SSH"};
    std::string const door = "/etc/nftables.d/ssh.nft";
    std::string const keys = "/root/.ssh/authorized_keys";
    if (access.ssh && !access.ssh_keys.empty()) {
        std::string lines;
        for (std::string const& key : access.ssh_keys)
            lines += key + "\n";
        step.changes.emplace_back(WriteFile{keys, Secret(lines), 0600});
    } else {
        step.changes.emplace_back(RemoveFile{keys});
    }
    if (access.ssh) {
        step.changes.emplace_back(
            WriteFile{"/etc/ssh/sshd_config.d/10-millrace.conf", Secret(sshd_file(access))});
        step.changes.emplace_back(WriteFile{door, Secret(std::string(ssh_door))});
        step.programs.push_back({.words = {"/usr/bin/ssh-keygen", "-A"}});
    } else {
        step.changes.emplace_back(RemoveFile{door});
    }
    step.programs.push_back({.words = {"/usr/sbin/nft", "--file", "/etc/nftables.conf"}});
    step.programs.push_back(
        {.words = {
             "/usr/bin/systemctl", access.ssh ? "enable" : "disable", "--now", "ssh.service"}});
    if (access.ssh)
        step.programs.push_back(
            {.words = {"/usr/bin/systemctl", "reload-or-restart", "ssh.service"}});
    return step;
}

}  // namespace millrace::configurator
