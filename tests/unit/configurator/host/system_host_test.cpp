// SPDX-License-Identifier: Apache-2.0
#include "configurator/host/system_host.hpp"

#include <sys/stat.h>

#include "common/base/file.hpp"
#include "common/net/certificate.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace millrace;
using namespace millrace::configurator;
using millrace::test::TemporaryFolder;

namespace {

/// A change that does not hold, is made, and holds.
void bring(SystemHost& host, Change const& change) {
    auto const before = host.holds(change);
    REQUIRE(before);
    CHECK_FALSE(*before);
    REQUIRE(host.make(change));
    auto const after = host.holds(change);
    REQUIRE(after);
    CHECK(*after);
}

mode_t mode_of(std::filesystem::path const& path) {
    struct stat status{};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    return status.st_mode & 07777;
}

}  // namespace

TEST_CASE("host: what a file is now brings it back, that there is none, too") {
    TemporaryFolder const folder;
    SystemHost host(folder.path());
    REQUIRE(host.make(WriteFile{"/etc/key", Secret("old"), 0600}));
    auto const key = host.present("/etc/key");
    auto const none = host.present("/etc/certificate");
    REQUIRE(key);
    REQUIRE(none);
    REQUIRE(host.make(WriteFile{"/etc/key", Secret("new"), 0644}));
    REQUIRE(host.make(WriteFile{"/etc/certificate", Secret("new")}));
    bring(host, *key);
    bring(host, *none);
    CHECK(mode_of(folder.path() / "etc/key") == 0600);
    CHECK(*key == Change(WriteFile{"/etc/key", Secret("old"), 0600}));
}

TEST_CASE("host: a file has its content and mode, in folders that are as closed as it is") {
    TemporaryFolder const folder;
    SystemHost host(folder.path());
    bring(host, WriteFile{"/etc/a/b.conf", Secret("text")});
    CHECK(mode_of(folder.path() / "etc/a/b.conf") == 0644);
    bring(host, WriteFile{"/etc/a/b.conf", Secret("other")});
    bring(host, WriteFile{"/etc/a/b.conf", Secret("other"), 0600});
    bring(host, WriteFile{"/root/.ssh/authorized_keys", Secret("key"), 0600});
    CHECK(mode_of(folder.path() / "root/.ssh") == 0700);
    bring(host, RemoveFile{"/etc/a/b.conf"});
    CHECK(host.make(RemoveFile{"/etc/a/none"}));
}

TEST_CASE("host: a folder has its files and no others") {
    TemporaryFolder const folder;
    SystemHost host(folder.path());
    bring(host, KeepFolder{"/f", {{"/f/1", Secret("a")}, {"/f/2", Secret("b")}}});
    bring(host, KeepFolder{"/f", {{"/f/2", Secret("c")}}});
    CHECK_FALSE(std::filesystem::exists(folder.path() / "f/1"));
    bring(host, KeepFolder{"/f", {}});
    auto const none = host.holds(KeepFolder{"/none", {}});
    REQUIRE(none);
    CHECK(*none);
}

TEST_CASE("host: what cannot be read is an error, no absence") {
    TemporaryFolder const folder;
    SystemHost host(folder.path());
    REQUIRE(host.make(WriteFile{"/etc/file", Secret("x")}));
    CHECK_FALSE(host.holds(WriteFile{"/etc", Secret("x")}));
    CHECK_FALSE(host.holds(RemoveFile{"/etc"}));
    auto const blocked = host.make(WriteFile{"/etc/file/below", Secret("x")});
    REQUIRE_FALSE(blocked);
    CHECK(blocked.error().detail.find("etc/file") != std::string::npos);
}

TEST_CASE("host: a certificate stays while it fits its key, has its names and lives") {
    TemporaryFolder const folder;
    SystemHost host(folder.path());
    KeepCertificate wanted{
        .paths = {"/tls/a.crt", "/tls/a.key"},
        .request = {
            .common_name = "a.example",
            .names = {"a.example", "192.0.2.1"},
            .life = std::chrono::days(30)}};
    bring(host, wanted);
    CHECK(mode_of(folder.path() / "tls/a.key") == 0600);
    CHECK(mode_of(folder.path() / "tls/a.crt") == 0644);
    auto& names = wanted.request.names;
    names.emplace_back("b.example");
    bring(host, wanted);
    // A power cut between key and certificate leaves two that do not fit.
    auto const other = make_self_signed_certificate(names, 30);
    REQUIRE(other);
    REQUIRE(write_file_atomic(folder.path() / "tls/a.key", other->key_pem, 0600));
    bring(host, wanted);
    // Old: begun an hour ago, it has no day before it.
    auto const old = make_self_signed_certificate(names, 0);
    REQUIRE(old);
    REQUIRE(write_file_atomic(folder.path() / "tls/a.key", old->key_pem, 0600));
    REQUIRE(write_file_atomic(folder.path() / "tls/a.crt", old->certificate_pem, 0644));
    bring(host, wanted);
}

TEST_CASE("host: a certificate of an authority is made anew when the authority is another") {
    TemporaryFolder const folder;
    SystemHost host(folder.path());
    KeepCertificate const authority{
        .paths = {"/tls/ca.crt", "/tls/ca.key"},
        .request = {.common_name = "ca", .is_authority = true, .life = std::chrono::days(30)}};
    KeepCertificate const issued{
        .paths = {"/tls/a.crt", "/tls/a.key"},
        .request = {.common_name = "system:a", .organisation = "o", .life = std::chrono::days(1)},
        .authority = authority.paths};
    auto const without = host.make(issued);
    REQUIRE_FALSE(without);
    CHECK(without.error().detail == "There is no /tls/ca.crt.");
    bring(host, authority);
    bring(host, issued);
    std::filesystem::remove(folder.path() / "tls/ca.key");
    bring(host, authority);
    bring(host, issued);
}

TEST_CASE("host: a certificate of our own is renewed with its names, somebody else's never") {
    TemporaryFolder const folder;
    SystemHost host(folder.path());
    KeepCertificate old{
        .paths = {"/tls/a.crt", "/tls/a.key"},
        .request = {
            .common_name = "a.example",
            .organisation = std::string(own_organisation),
            .names = {"a.example", "192.0.2.1"},
            .life = std::chrono::minutes(1)}};
    RenewCertificate const wanted{old.paths, std::chrono::days(30)};
    CHECK(host.holds(wanted) == true);
    // Begun an hour ago, it has a minute before it.
    REQUIRE(host.make(old));
    bring(host, wanted);
    auto const renewed = read_file(folder.path() / "tls/a.crt", 10'000);
    REQUIRE(renewed);
    auto const facts = describe_certificates(*renewed);
    REQUIRE(facts);
    CHECK(facts->front().names == old.request.names);
    CHECK(facts->front().not_after > system_now() + std::chrono::days(29));
    old.request.organisation = "Example";
    REQUIRE(host.make(old));
    CHECK(host.holds(wanted) == true);
}

TEST_CASE("host: the authority without an end is made once; one with an end is made anew") {
    TemporaryFolder const folder;
    SystemHost host(folder.path());
    KeepCertificate authority{
        .paths = {"/tls/ca.crt", "/tls/ca.key"},
        .request = {.common_name = "ca", .is_authority = true, .life = std::chrono::days(3650)}};
    bring(host, authority);
    authority.request.life = CertificateRequest::endless;
    CHECK(host.holds(authority) == false);
    bring(host, authority);
}

TEST_CASE("host: how far the clock is from the machine's start is kept, and looked at again") {
    TemporaryFolder const folder;
    SystemHost host(folder.path());
    KeepClockOffset const wanted{"/clock-offset"};
    bring(host, wanted);
    for (auto const* other : {"0\n", "4102444800\n", "", "soon\n"}) {
        INFO(other);
        REQUIRE(write_file_atomic(folder.path() / "clock-offset", other, 0644));
        CHECK(host.holds(wanted) == false);
    }
    bring(host, wanted);
}

TEST_CASE(
    "host: a Secret's certificate that is not valid is taken away; one that is, or none, stays") {
    TemporaryFolder const folder;
    SystemHost host(folder.path());
    std::string const file = (folder.path() / "shown").string();
    KeepSecretValid const wanted{
        .secret = "space/name",
        .show = {"/bin/cat", file},
        .empty = {"/usr/bin/truncate", "--size=0", file}};
    CHECK_FALSE(host.holds(wanted));
    auto const holds_with = [&](std::string const& shown) {
        REQUIRE(write_file_atomic(file, shown, 0600));
        auto const holds = host.holds(wanted);
        REQUIRE(holds);
        return *holds;
    };
    auto const made = [](int days) {
        auto const pair = make_self_signed_certificate({"webhook"}, days);
        REQUIRE(pair);
        return pair->certificate_pem;
    };
    CHECK(holds_with(""));
    CHECK(holds_with(made(7)));
    CHECK_FALSE(holds_with("-----BEGIN CERTIFICATE-----\n"));
    CHECK_FALSE(holds_with(made(0)));
    REQUIRE(host.make(wanted));
    CHECK(host.holds(wanted) == true);
}

TEST_CASE("host: a key between two texts is made once; one that is damaged is told, and stays") {
    TemporaryFolder const folder;
    SystemHost host(folder.path());
    KeepKey const wanted{"/key.yaml", "secret: \"", "\"\n"};
    bring(host, wanted);
    CHECK(mode_of(folder.path() / "key.yaml") == 0600);
    for (std::string const& damaged : {"secret: \"", "secret: \"AAAA\"\n", "\"\n", ""}) {
        INFO(damaged);
        REQUIRE(write_file_atomic(folder.path() / "key.yaml", damaged, 0600));
        auto const holds = host.holds(wanted);
        REQUIRE_FALSE(holds);
        CHECK(holds.error().code == ErrorCode::damaged);
    }
}

TEST_CASE("host: a key with its public half, and a token, are made once") {
    TemporaryFolder const folder;
    SystemHost host(folder.path());
    bring(host, KeepKeyPair{"/keys/private", "/keys/public"});
    bring(host, KeepToken{"/token"});
    CHECK(mode_of(folder.path() / "keys/private") == 0600);
    CHECK(mode_of(folder.path() / "token") == 0600);
    auto const token = read_file(folder.path() / "token", 100);
    REQUIRE(token);
    CHECK(token->size() == 48);
    // Another key's public half.
    auto const other = make_key_pair();
    REQUIRE(other);
    REQUIRE(write_file_atomic(folder.path() / "keys/public", other->public_pem, 0644));
    bring(host, KeepKeyPair{"/keys/private", "/keys/public"});
}

TEST_CASE("host: a template is filled in, and a name without a value is told") {
    TemporaryFolder const folder;
    SystemHost host(folder.path());
    REQUIRE(host.make(WriteFile{"/share/a.yaml", Secret("at: @HERE@, me@example.com @x@ @\n")}));
    FillTemplate one{"/share/a.yaml", "/out/a.yaml", {{"HERE", "10.0.0.1"}}};
    bring(host, one);
    CHECK(read_file(folder.path() / "out/a.yaml", 100) == "at: 10.0.0.1, me@example.com @x@ @\n");
    one.values = {{"HERE", "10.0.0.2"}};
    bring(host, one);
    one.values = {};
    auto const missing = host.holds(one);
    REQUIRE_FALSE(missing);
    CHECK(missing.error().detail == "/share/a.yaml: @HERE@ has no value.");
    one.template_path = "/share/none";
    REQUIRE_FALSE(host.make(one));
}

TEST_CASE("host: a copy follows its file, which must be there") {
    TemporaryFolder const folder;
    SystemHost host(folder.path());
    CopyFile const copy{"/a", "/b/c"};
    CHECK_FALSE(host.holds(copy));
    REQUIRE(host.make(WriteFile{"/a", Secret("one")}));
    bring(host, copy);
    REQUIRE(host.make(WriteFile{"/a", Secret("other")}));
    bring(host, copy);
}

TEST_CASE("host: a folder gets its mode and owner, and is emptied with all that is below") {
    TemporaryFolder const folder;
    SystemHost host(folder.path());
    KeepDirectory wanted{"/data/volume", 0750, ::getuid()};
    bring(host, wanted);
    wanted.mode = 0700;
    bring(host, wanted);
    REQUIRE(host.make(WriteFile{"/data/volume/a/b/c", Secret("x")}));
    bring(host, EmptyFolder{"/data/volume"});
    CHECK(std::filesystem::is_empty(folder.path() / "data/volume"));
    CHECK(host.holds(EmptyFolder{"/none"}) == true);
}

TEST_CASE("host: a program gets its input, and its last words are told when it fails") {
    TemporaryFolder const folder;
    SystemHost host(folder.path());
    CHECK(host.run(
        {.words = {"/bin/sh", "-c", "read line; [ \"$line\" = 'se cret' ]"},
         .input = Secret("se cret\n")}));
    auto const failed =
        host.run({.words = {"/bin/sh", "-c", "echo first; echo last words >&2; exit 3"}});
    REQUIRE_FALSE(failed);
    CHECK(failed.error().detail == "/bin/sh ended with status 3: first last words.");
    auto const missing = host.run({.words = {"/none/program"}});
    REQUIRE_FALSE(missing);
    CHECK(missing.error().detail.find("/none/program") != std::string::npos);
    auto const slow = host.run({.words = {"/bin/sh", "-c", "read x <&1; :"}, .limit = 0s});
    CHECK_FALSE(slow);
}

TEST_CASE("host: a proof holds where its program ends well and says what it is to say") {
    TemporaryFolder const folder;
    SystemHost host(folder.path());
    auto const holds = [&](std::string const& script, std::string const& output) {
        auto const answer = host.ask({.words = {"/bin/sh", "-c", script}, .output = output});
        REQUIRE(answer);
        return *answer;
    };
    CHECK(holds("true", ""));
    CHECK_FALSE(holds("false", ""));
    CHECK(holds("echo yes", "yes"));
    CHECK_FALSE(holds("echo no", "yes"));
    CHECK_FALSE(host.ask({.words = {"/none/program"}}));
}
