// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/broker/simulated_disk.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <fstream>
#include <iterator>

namespace millrace::test {
namespace {

constexpr std::size_t sector_bytes = 512;

void put(std::string& to, std::size_t offset, std::string_view bytes) {
    if (to.size() < offset + bytes.size())
        to.resize(offset + bytes.size(), '\0');
    std::ranges::copy(bytes, to.begin() + static_cast<std::ptrdiff_t>(offset));
}

SimulatedDisk*& current_disk() {
    static SimulatedDisk* disk = nullptr;
    return disk;
}

std::string content_of(std::filesystem::path const& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

/// What was done to one file since it was last synced, oldest first.
struct SimulatedDisk::Node {
    struct Change {
        std::size_t offset = 0;
        std::string before;  ///< what stood there
        std::string after;
        std::size_t size_before = 0;
        std::size_t size_after = 0;
        bool is_doubtful = false;  ///< a sync failed after it: no later one makes it durable
        bool is_durable = false;
    };
    std::size_t size = 0;
    std::vector<Change> changes;
};

SimulatedDisk::SimulatedDisk(std::mt19937_64& random, std::filesystem::path folder)
    : random_(random),
      folder_(std::move(folder)),
      kept_folder_(folder_ / "kept") {
    std::filesystem::create_directory(kept_folder_);
    current_disk() = this;
    sqlite3_randomness(0, nullptr);  // A seed plays the same whatever was played before.
}

SimulatedDisk::~SimulatedDisk() {
    current_disk() = nullptr;
}

SimulatedDisk* SimulatedDisk::current() {
    return current_disk();
}

bool SimulatedDisk::happens(unsigned per_mille) {
    return per_mille > 0 && random_() % 1000 < per_mille;
}

bool SimulatedDisk::is_last() {
    if (operations_left_ == 0 || --operations_left_ > 0)
        return false;
    crash();
    return true;
}

void SimulatedDisk::crash() {
    if (crashed_)
        return;
    crashed_ = true;
    operations_left_ = 0;
    for (auto const& [path, kept] : before_removals_)
        if (std::filesystem::exists(path))
            there_at_crash_.insert(path);
}

SimulatedDisk::NodeRef SimulatedDisk::node(std::filesystem::path const& path) {
    NodeRef& node = nodes_[path];
    if (!node) {
        node = std::make_shared<Node>();
        std::error_code missing;
        auto const size = std::filesystem::file_size(path, missing);
        node->size = missing ? 0 : static_cast<std::size_t>(size);
    }
    return node;
}

SimulatedDisk::Outcome SimulatedDisk::write(
    Node& node, BackingFile& file, std::size_t offset, std::string_view bytes) {
    if (crashed_)
        return Outcome::failed;
    Outcome outcome = Outcome::done;
    if (is_last() || happens(failing_per_mille_))
        outcome = Outcome::failed;
    else if (full_ && offset + bytes.size() > node.size)
        outcome = Outcome::full;
    if (outcome != Outcome::done) {
        ++faults_;
        // Sectors are written whole or not at all.
        std::size_t const end = offset + random_() % (bytes.size() + 1);
        std::size_t const begin_of_sector = end - end % sector_bytes;
        bytes = bytes.substr(0, std::max(begin_of_sector, offset) - offset);
    }
    if (bytes.empty())
        return outcome;
    std::size_t const there = node.size > offset ? std::min(bytes.size(), node.size - offset) : 0;
    Node::Change change{
        .offset = offset,
        .before = there > 0 ? file.read(offset, there) : std::string(),
        .after = std::string(bytes),
        .size_before = node.size,
        .size_after = std::max(node.size, offset + bytes.size())};
    node.size = change.size_after;
    node.changes.push_back(std::move(change));
    file.write(offset, bytes);
    return outcome;
}

SimulatedDisk::Outcome SimulatedDisk::truncate(Node& node, BackingFile& file, std::size_t size) {
    if (crashed_ || is_last())
        return Outcome::failed;
    if (size < node.size)
        node.changes.push_back(
            {.offset = size,
             .before = file.read(size, node.size - size),
             .after = {},
             .size_before = node.size,
             .size_after = size});
    node.size = size;
    file.truncate(size);
    return Outcome::done;
}

SimulatedDisk::Outcome SimulatedDisk::sync(Node& node) {
    if (crashed_ || is_last())
        return Outcome::failed;
    if (happens(failing_per_mille_)) {
        ++faults_;
        for (Node::Change& change : node.changes)
            change.is_doubtful = !change.is_durable;
        return Outcome::failed;
    }
    for (Node::Change& change : node.changes)
        change.is_durable = !change.is_doubtful;
    if (std::ranges::all_of(node.changes, &Node::Change::is_durable))
        node.changes.clear();
    return Outcome::done;
}

std::filesystem::path SimulatedDisk::kept_path() {
    return kept_folder_ / std::to_string(kept_count_++);
}

void SimulatedDisk::created(std::filesystem::path const& path) {
    nodes_[path] = std::make_shared<Node>();
    name_changes_.push_back({.path = path, .kept = {}, .node = nodes_[path]});
}

SimulatedDisk::Outcome SimulatedDisk::remove(std::filesystem::path const& path, bool sync_folder) {
    if (crashed_ || is_last())
        return Outcome::failed;
    auto const kept = kept_path();
    std::filesystem::rename(path, kept);
    name_changes_.push_back({.path = path, .kept = kept, .node = node(path)});
    nodes_.erase(path);
    if (sync_folder)
        sync_names();
    return Outcome::done;
}

void SimulatedDisk::sync_names() {
    for (NameChange const& change : name_changes_)
        if (!change.kept.empty())
            std::filesystem::remove(change.kept);
    name_changes_.clear();
}

void SimulatedDisk::before_removals() {
    for (auto const& [path, node] : nodes_) {
        auto const kept = kept_path();
        std::error_code missing;
        std::filesystem::create_hard_link(path, kept, missing);
        if (!missing)
            before_removals_.emplace(path, kept);
    }
}

void SimulatedDisk::after_removals() {
    for (auto const& [path, kept] : before_removals_) {
        bool const is_there = std::filesystem::exists(path);
        bool const was_there = crashed_ && there_at_crash_.contains(path);
        if (!is_there && was_there) {
            std::filesystem::rename(kept, path);
        } else if (!is_there && nodes_.contains(path)) {
            name_changes_.push_back({.path = path, .kept = kept, .node = nodes_[path]});
            nodes_.erase(path);
        } else {
            std::filesystem::remove(kept);
        }
    }
    std::erase_if(nodes_, [](auto const& entry) { return !std::filesystem::exists(entry.first); });
    before_removals_.clear();
    there_at_crash_.clear();
}

void SimulatedDisk::cut(std::filesystem::path const& path, Node& node) {
    if (node.changes.empty())
        return;
    std::string content = content_of(path);
    for (auto change = node.changes.rbegin(); change != node.changes.rend(); ++change) {
        content.resize(std::max(change->size_before, change->offset + change->before.size()));
        put(content, change->offset, change->before);
        content.resize(change->size_before);
    }
    for (Node::Change const& change : node.changes) {
        if (change.after.empty()) {
            if (change.is_durable || random_() % 2 == 0)
                content.resize(change.size_after);
            continue;
        }
        bool const is_whole = change.is_durable || random_() % 3 == 0;
        for (std::size_t at = 0; at < change.after.size();) {
            std::size_t const room = sector_bytes - (change.offset + at) % sector_bytes;
            std::size_t const count = std::min(room, change.after.size() - at);
            if (is_whole || random_() % 2 == 0)
                put(content, change.offset + at, std::string_view(change.after).substr(at, count));
            at += count;
        }
    }
    node.changes.clear();
    node.size = content.size();
    std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
}

void SimulatedDisk::undo(NameChange const& change) {
    if (change.kept.empty()) {
        std::error_code ignored;
        std::filesystem::remove(change.path, ignored);
        nodes_.erase(change.path);
        return;
    }
    std::filesystem::rename(change.kept, change.path);
    nodes_[change.path] = change.node;
}

void SimulatedDisk::restart(bool power_was_lost) {
    if (power_was_lost) {
        std::size_t const durable = random_() % (name_changes_.size() + 1);
        while (name_changes_.size() > durable) {
            undo(name_changes_.back());
            name_changes_.pop_back();
        }
        sync_names();
        for (auto const& [path, node] : nodes_)
            cut(path, *node);
    }
    crashed_ = false;
    operations_left_ = 0;
}

}  // namespace millrace::test
