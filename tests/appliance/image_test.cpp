// SPDX-License-Identifier: Apache-2.0
// Image archives that are brought in the web page, with a real containerd.
#include <poll.h>

#include <iostream>
#include <random>

#include "common/base/file.hpp"
#include "tests/appliance/whole_appliance.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/environment_number.hpp"

using namespace millrace;
using namespace millrace::test;

namespace {

constexpr auto images = "/appliance/system/images";
constexpr auto image = "registry.example.com/team/tool:1.0";

/// An archive with one image of the appliance's own under another name, cut in pieces as the page
/// sends them.
class Pieces {
public:
    explicit Pieces(Guest& guest) {
        std::string const folder = folder_.path().string();
        guest.lan_run(
            "set -e; cd " + folder +
            "; tar -xf $ROOTFS/usr/share/millrace/images/millrace-*.tar; " +
            "jq '[.[] | select(.RepoTags[0] | contains(\"/shell:\")) | .RepoTags = [\"" + image +
            "\"]]' manifest.json >one; mv one manifest.json; tar -cf tool.tar manifest.json " +
            "$(jq -r '.[] | .Config, .Layers[]' manifest.json); mkdir pieces; split -b 1M -a 4 "
            "-d " +
            "tool.tar pieces/");
        auto files = list_folder(folder_.path() / "pieces");
        REQUIRE(files);
        files_ = std::move(*files);
        bytes_ = std::filesystem::file_size(folder_.path() / "tool.tar");
    }
    /// Until all of it has come.
    void send(WebPage& page) const {
        REQUIRE(page.post(images, {{"name", "tool.tar"}, {"bytes", bytes_}}) == 201);
        std::size_t offset = 0;
        for (auto const& file : files_) {
            REQUIRE(
                page.put_bytes(
                    std::string(images) + "/upload?offset=" + std::to_string(offset), file) == 204);
            offset += std::filesystem::file_size(file);
        }
        REQUIRE(page.post(std::string(images) + "/upload/finish", {}) == 202);
    }

private:
    TemporaryFolder folder_;
    std::vector<std::filesystem::path> files_;
    std::size_t bytes_ = 0;
};

/// What came of what is being done with an archive.
std::string ended(WebPage& page) {
    Json now;
    wait_until("it ends", 120s, [&] {
        now = page.get(images);
        return !now.contains("work") && now.contains("last");
    });
    UNSCOPED_INFO(string_at(now, "last/problem"));
    return string_at(now, "last/outcome");
}

bool is_in_containerd(Guest& guest) {
    return guest.succeeds(
        std::string("ctr --namespace k8s.io images list --quiet | grep -qxF ") + image);
}

/// A pod of it that says its version and ends.
void run_pod(Guest& guest) {
    guest.run(
        std::string("kubectl run tool --restart=Never --image-pull-policy=Never --image=") + image +
        " --command -- /usr/bin/millrace-runner --version");
    guest.run("kubectl wait pod/tool --for=jsonpath='{.status.phase}'=Succeeded --timeout=60s");
}

void sign_in_again(WebPage& page) {
    sign_in(page);
    wait_until("the appliance has started", 120s, [&] {
        return page.status_of(std::string("/api/v1") + images) == 200;
    });
}

}  // namespace

TEST_CASE("images: one that is brought runs in a pod, stays after a boot, and goes when unused") {
    Guest guest;
    ConfiguredAppliance appliance(guest);
    WebPage& page = appliance.page;
    Pieces const pieces(guest);
    pieces.send(page);
    CHECK(ended(page) == "added");
    run_pod(guest);
    std::string const archive = std::string(images) + "/archive?name=tool.tar";
    CHECK(page.remove(archive) == 409);

    guest.power_off();
    guest.power_on();
    sign_in_again(page);
    guest.reach("finished");
    CHECK(is_in_containerd(guest));
    CHECK(page.remove(archive) == 409);
    guest.run("kubectl delete pod tool");
    CHECK(page.remove(archive) == 202);
    CHECK(ended(page) == "removed");
    CHECK_FALSE(is_in_containerd(guest));
    CHECK(guest.run("systemctl list-units --failed --quiet").empty());
}

TEST_CASE("images: the power goes amid an upload's import; it is whole afterwards, or not there") {
    auto const seed = environment_number("MILLRACE_SEED").value_or(std::random_device()());
    auto const cuts = environment_number("MILLRACE_IMAGE_CUTS").value_or(3);
    std::cout << "seed " << seed << ", " << cuts << " power cuts\n";
    INFO("seed " << seed);
    std::mt19937_64 random(seed);
    Guest guest;
    ConfiguredAppliance appliance(guest);
    WebPage& page = appliance.page;
    Pieces const pieces(guest);
    for (std::uint64_t cut = 0; cut < cuts; ++cut) {
        pieces.send(page);
        auto const after_ms = static_cast<int>(random() % 2'000);
        ::poll(nullptr, 0, after_ms);
        guest.power_cut();
        guest.power_on();
        sign_in_again(page);
        guest.reach("finished");
        bool const is_there = page.get(images).at("archives").size() == 3;
        std::cout << "cut after " << after_ms << " ms: " << (is_there ? "there" : "not there")
                  << "\n";
        if (!is_there) {
            CHECK_FALSE(is_in_containerd(guest));
            pieces.send(page);
            CHECK(ended(page) == "added");
        }
        run_pod(guest);
        guest.run("kubectl delete pod tool");
        CHECK(page.remove(std::string(images) + "/archive?name=tool.tar") == 202);
        CHECK(ended(page) == "removed");
    }
    std::int64_t const before = calls_of(page);
    wait_until("an event in the function", event_limit, [&] { return calls_of(page) > before; });
}
