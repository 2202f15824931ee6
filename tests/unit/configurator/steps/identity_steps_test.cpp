// SPDX-License-Identifier: Apache-2.0
#include "configurator/steps/identity_steps.hpp"

#include <algorithm>

#include "configurator/follow/configure.hpp"
#include "configurator/steps/steps.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/configurator/recording_host.hpp"

using namespace millrace;
using namespace millrace::configurator;
using namespace millrace::configurator::test;

namespace {

std::string const one = "564d1c2a-9d0e-8a21-7b0c-52a1c3d4e5f6";
std::string const other = "564df00d-1111-2222-3333-444455556666";

NewIdentity const identity{
    .uuid = other,
    .machine_id = "0123456789abcdef0123456789abcdef",
    .web_page = CertificateRequest{.common_name = "a.example", .names = {"a.example"}}};

RecordingHost machine_that_was_copied() {
    RecordingHost host;
    host.is_true = false;
    for (auto const* path :
         {"/etc/ssh/ssh_host_rsa_key", "/etc/ssh/ssh_host_ed25519_key.pub",
          "/etc/credstore/console.crt", "/etc/credstore/console.key", "/etc/machine-id",
          "/var/lib/systemd/random-seed", "/var/lib/millrace/cluster/certificates/encryption.yaml"})
        host.files[path] = "old";
    host.files[std::string(machine_uuid_file)] = one + "\n";
    return host;
}

/// Until the power goes or all is done. Programs that make something are asked for elsewhere.
void give_identity(RecordingHost& host, NewIdentity const& wanted) {
    ConfigurationMachine machine(copy_steps(wanted));
    auto const done = perform(machine, host, [&](auto const&) {
        host.is_true = std::ranges::count(host.ran, "run /usr/bin/ssh-keygen -A") > 0;
        return Result<void>();
    });
    REQUIRE(done);
    REQUIRE(*done);
}

}  // namespace

TEST_CASE("identity: another UUID is a copy's; none at all says nothing") {
    CHECK(origin_of(std::nullopt, one) == Origin::first);
    CHECK(origin_of(one + "\n", one) == Origin::same);
    CHECK(origin_of(one, "564D1C2A-9D0E-8A21-7B0C-52A1C3D4E5F6\n") == Origin::same);
    CHECK(origin_of(one, other) == Origin::copy);
    for (auto const* none :
         {"", "Not Settable", "00000000-0000-0000-0000-000000000000",
          "ffffffff-ffff-ffff-ffff-ffffffffffff"}) {
        INFO(none);
        CHECK(origin_of(one, none) == Origin::unknown);
        CHECK(origin_of(std::nullopt, none) == Origin::unknown);
    }
    // What was kept says nothing: it is kept anew.
    CHECK(origin_of("\n", one) == Origin::first);
}

TEST_CASE("identity: a UUID with its first fields turned round, by newer hardware, is the same") {
    CHECK(origin_of(one, "2a1c4d56-0e9d-218a-7b0c-52a1c3d4e5f6") == Origin::same);
    CHECK(origin_of(one, "2a1c4d56-0e9d-8a21-7b0c-52a1c3d4e5f6") == Origin::copy);
}

TEST_CASE("identity: a copy shares no host key, machine-id and key of the web page; data stay") {
    RecordingHost host = machine_that_was_copied();
    give_identity(host, identity);
    for (auto const* path :
         {"/etc/ssh/ssh_host_rsa_key", "/etc/ssh/ssh_host_ed25519_key.pub",
          "/var/lib/systemd/random-seed"}) {
        INFO(path);
        CHECK_FALSE(host.files.contains(path));
    }
    CHECK(host.files.at("/etc/machine-id") == identity.machine_id + "\n");
    CHECK(host.files.at("/etc/credstore/console.key") == "key");
    CHECK(host.files.at("/etc/credstore/console.crt") == "certificate");
    CHECK(host.files.at("/var/lib/millrace/cluster/certificates/encryption.yaml") == "old");
    CHECK(host.files.contains(std::string(copy_mark_file)));
    CHECK(host.files.at(std::string(machine_uuid_file)) == other + "\n");
    CHECK(host.ran.back() == "run /usr/bin/systemctl --no-block reboot");
}

TEST_CASE("identity: a certificate that was given stays with its key") {
    RecordingHost host = machine_that_was_copied();
    NewIdentity given = identity;
    given.web_page.reset();
    give_identity(host, given);
    CHECK(host.files.at("/etc/credstore/console.key") == "old");
    CHECK(host.files.at("/etc/credstore/console.crt") == "old");
}

TEST_CASE("identity: a machine that was a copy at its last start, too, is not started anew") {
    RecordingHost host = machine_that_was_copied();
    NewIdentity again = identity;
    again.restarts = false;
    give_identity(host, again);
    CHECK(host.files.at(std::string(machine_uuid_file)) == other + "\n");
    CHECK(host.ran == std::vector<std::string>{"run /usr/bin/ssh-keygen -A"});
}

TEST_CASE("identity: a power cut at any point leaves a copy, with the names of its certificate") {
    for (int after = 1;; ++after) {
        RecordingHost host = machine_that_was_copied();
        host.cut_after = after;
        bool was_cut = false;
        try {
            give_identity(host, identity);
        } catch (RecordingHost::PowerIsOff const&) {
            was_cut = true;
        }
        if (!was_cut)
            break;
        INFO("after " << after);
        CHECK(host.files.contains("/etc/credstore/console.crt"));
        auto const& kept = host.files.at(std::string(machine_uuid_file));
        bool const is_whole = host.files.contains("/etc/credstore/console.key") &&
                              std::ranges::count(host.ran, "run /usr/bin/ssh-keygen -A") > 0;
        CHECK((origin_of(kept, other) == Origin::copy || is_whole));
    }
}
