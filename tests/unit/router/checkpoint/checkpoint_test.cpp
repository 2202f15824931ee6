// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <unistd.h>

#include <fstream>

#include "common/base/file.hpp"
#include "router/checkpoint/checkpoint_file.hpp"
#include "router/checkpoint/disk_folder.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace millrace;
using namespace millrace::router;
using test::TemporaryFolder;

namespace {

CheckpointState some_state() {
    CheckpointState state{"uuid-1", SystemTime(seconds(1'700'000'000)), {}};
    state.delivered.insert(KeyRanges::Range{10, 20});
    state.delivered.insert(30);
    return state;
}

std::string bytes_of(std::filesystem::path const& path) {
    return read_file(path, checkpoint_file_bytes).value();
}

void write_bytes(std::filesystem::path const& path, std::string const& bytes) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

}  // namespace

TEST_CASE("Checkpoint: what was written is read back, with the keys appended since") {
    TemporaryFolder folder;
    {
        DiskFolder disk(folder.path());
        CheckpointFile file(disk);
        CHECK_FALSE(file.loaded());
        REQUIRE(file.write_snapshot(some_state()));
        REQUIRE(file.append({31, 32}));
        REQUIRE(file.append({40}));
        REQUIRE(file.sync());
    }
    DiskFolder disk(folder.path());
    CheckpointFile const file(disk);
    REQUIRE(file.loaded());
    CHECK(file.loaded()->instance_uuid == "uuid-1");
    CHECK(file.loaded()->low_water == some_state().low_water);
    CHECK(
        file.loaded()->delivered.ranges() ==
        std::vector<KeyRanges::Range>{{10, 20}, {30, 32}, {40, 40}});
}

TEST_CASE("Checkpoint: a slot with any one byte flipped gives way to the other (F27)") {
    TemporaryFolder folder;
    auto const path = folder.path() / "checkpoint";
    CheckpointState newer = some_state();
    newer.low_water += 5s;
    {
        DiskFolder disk(folder.path());
        CheckpointFile file(disk);
        REQUIRE(file.write_snapshot(some_state()));  // slot 1
        REQUIRE(file.sync());
        file.synced();
        REQUIRE(file.write_snapshot(newer));  // slot 0
    }
    std::string const good = bytes_of(path);
    std::size_t const snapshot_bytes = encode_snapshot(newer, 2).size();
    for (std::size_t i = 0; i < snapshot_bytes; ++i) {
        std::string bad = good;
        bad[i] = static_cast<char>(bad[i] ^ 0x40);
        auto const loaded = decode_checkpoint(bad);
        INFO("byte " << i);
        REQUIRE(loaded);
        CHECK(loaded->state.low_water == some_state().low_water);
    }
}

TEST_CASE("Checkpoint: cut to any length it is read or refused, never misread (F27)") {
    std::string const snapshot = encode_snapshot(some_state(), 1);
    for (std::size_t length = 0; length < snapshot.size(); ++length)
        CHECK_FALSE(decode_checkpoint(snapshot.substr(0, length)));
    std::string whole = snapshot + encode_tail_record(1, 0, 99);
    CHECK(decode_checkpoint(whole)->state.delivered.contains(99));
    whole.pop_back();
    CHECK_FALSE(decode_checkpoint(whole)->state.delivered.contains(99));
}

TEST_CASE("Checkpoint: a tail of an older snapshot is not believed") {
    std::string const snapshot = encode_snapshot(some_state(), 7);
    auto const loaded = decode_checkpoint(snapshot + encode_tail_record(6, 0, 99));
    REQUIRE(loaded);
    CHECK_FALSE(loaded->state.delivered.contains(99));
}

TEST_CASE("Checkpoint: a file without a valid slot is kept aside and begun anew (F27)") {
    TemporaryFolder folder;
    auto const path = folder.path() / "checkpoint";
    write_bytes(path, std::string(1000, 'x'));
    DiskFolder disk(folder.path());
    CheckpointFile file(disk);
    CHECK(file.was_damaged());
    CHECK_FALSE(file.loaded());
    CHECK(std::filesystem::exists(path.string() + ".corrupt"));
    CHECK(file.write_snapshot(some_state()));
}

TEST_CASE("Checkpoint: a full tail asks for a snapshot instead of writing over the other slot") {
    TemporaryFolder folder;
    DiskFolder disk(folder.path());
    CheckpointFile file(disk);
    REQUIRE(file.write_snapshot(some_state()));
    file.synced();
    REQUIRE(file.write_snapshot(some_state()));
    std::vector<std::int32_t> const keys(1'000, 5);
    std::size_t appended = 0;
    while (file.append(keys))
        ++appended;
    CHECK(appended * keys.size() * checkpoint_tail_record_bytes < checkpoint_slot_bytes);
    CHECK_FALSE(file.append({1}));
    CHECK(file.write_snapshot(some_state()));
    CHECK(file.append({1}));
}

TEST_CASE("Checkpoint: damage is told until a new one has been written, however often we start") {
    TemporaryFolder folder;
    write_bytes(folder.path() / "checkpoint", std::string(1000, 'x'));
    DiskFolder disk(folder.path());
    CHECK(CheckpointFile(disk).was_damaged());
    // Killed before it had written one: an empty file is left beside the damaged one.
    CHECK(CheckpointFile(disk).was_damaged());
    {
        CheckpointFile file(disk);
        REQUIRE(file.write_snapshot(some_state()));
    }
    CheckpointFile const file(disk);
    CHECK_FALSE(file.was_damaged());
    CHECK(file.loaded());
}

// Review 4.19: a rename that failed was not noticed, and the damaged file was then written over.
TEST_CASE("Checkpoint: a damaged file that cannot be put aside stops the source") {
    TemporaryFolder folder;
    write_bytes(folder.path() / "checkpoint", std::string(1000, 'x'));
    std::filesystem::create_directories(folder.path() / "checkpoint.corrupt" / "in the way");
    DiskFolder disk(folder.path());
    CHECK_THROWS_AS(CheckpointFile(disk), StartupError);
    CHECK(bytes_of(folder.path() / "checkpoint") == std::string(1000, 'x'));
}

TEST_CASE("Checkpoint: what is no file, or cannot be read, is never taken for one that is new") {
    TemporaryFolder folder;
    std::filesystem::create_directory(folder.path() / "checkpoint");
    DiskFolder disk(folder.path());
    CHECK_THROWS_AS(CheckpointFile(disk), StartupError);
}

TEST_CASE("Checkpoint: no snapshot is written over the one that was synced last") {
    TemporaryFolder folder;
    DiskFolder disk(folder.path());
    CheckpointFile file(disk);
    CheckpointState state = some_state();
    REQUIRE(file.write_snapshot(state));
    file.synced();
    std::string const synced = bytes_of(folder.path() / "checkpoint");
    // A disk that does not sync: whatever is written now may be torn.
    for (int i = 0; i < 5; ++i) {
        state.low_water += 1s;
        REQUIRE(file.write_snapshot(state));
        CHECK(file.append({50 + i}));
    }
    std::string const now = bytes_of(folder.path() / "checkpoint");
    CHECK(
        now.substr(checkpoint_slot_bytes, synced.size() - checkpoint_slot_bytes) ==
        synced.substr(checkpoint_slot_bytes));
    CHECK(decode_checkpoint(now)->state.low_water == state.low_water);
    CHECK(decode_checkpoint(now)->state.delivered.contains(54));
}
