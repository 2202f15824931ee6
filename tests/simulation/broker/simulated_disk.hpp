// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::test {

/// The file on the real disk that keeps what the process reads back.
class BackingFile {
public:
    BackingFile() = default;
    BackingFile(BackingFile const&) = delete;
    BackingFile& operator=(BackingFile const&) = delete;
    virtual ~BackingFile() = default;
    virtual std::string read(std::size_t offset, std::size_t count) = 0;
    virtual void write(std::size_t offset, std::string_view bytes) = 0;
    virtual void truncate(std::size_t size) = 0;
};

/// A disk that fails as disks do, below SQLite and below log.state. What is written is what the
/// process reads back; of what was not synced, a power cut keeps any sectors; of names made and
/// removed since their folder was synced, it keeps the first ones (journalling file systems put
/// them down in order). After a sync that failed, nothing written before it is ever certain.
class SimulatedDisk {
public:
    /// Everything below `folder` is on this disk; it is the one that SQLite uses from now on.
    SimulatedDisk(std::mt19937_64& random, std::filesystem::path folder);
    SimulatedDisk(SimulatedDisk const&) = delete;
    SimulatedDisk& operator=(SimulatedDisk const&) = delete;
    ~SimulatedDisk();

    /// What makes a file longer fails; of such a write some bytes may be there.
    void set_full(bool full) { full_ = full; }
    /// Of a thousand writes and syncs so many fail.
    void set_failing(unsigned per_mille) { failing_per_mille_ = per_mille; }
    /// The process ends at the write, sync, cut or removal after `operations` more.
    void crash_in(unsigned operations) { operations_left_ = operations; }
    /// Nothing is written from now on: the process has ended.
    void crash();
    bool crashed() const { return crashed_; }
    /// What the process that ended left behind, after a loss of power what of it was kept. Pre: no
    /// file is open.
    void restart(bool power_was_lost);
    std::size_t faults() const { return faults_; }

    /// Around what removes files without SQLite.
    void before_removals();
    void after_removals();

    struct Node;
    using NodeRef = std::shared_ptr<Node>;
    enum class Outcome { done, full, failed };
    /// For whoever performs on a file: a file as the disk knows it.
    NodeRef node(std::filesystem::path const& path);
    Outcome write(Node& node, BackingFile& file, std::size_t offset, std::string_view bytes);
    Outcome truncate(Node& node, BackingFile& file, std::size_t size);
    Outcome sync(Node& node);
    void created(std::filesystem::path const& path);
    Outcome remove(std::filesystem::path const& path, bool sync_folder);
    void sync_names();
    /// nullptr outside of a simulation.
    static SimulatedDisk* current();
    std::filesystem::path const& folder() const { return folder_; }

private:
    struct NameChange {
        std::filesystem::path path;
        std::filesystem::path kept;  ///< where a removed file is; empty: it was made
        NodeRef node;
    };

    bool happens(unsigned per_mille);
    /// Whether the process ends at this operation.
    bool is_last();
    std::filesystem::path kept_path();
    void cut(std::filesystem::path const& path, Node& node);
    void undo(NameChange const& change);

    std::mt19937_64& random_;
    std::filesystem::path folder_;
    std::filesystem::path kept_folder_;
    std::map<std::filesystem::path, NodeRef> nodes_;
    std::vector<NameChange> name_changes_;
    std::map<std::filesystem::path, std::filesystem::path> before_removals_;
    std::set<std::filesystem::path> there_at_crash_;
    bool full_ = false;
    bool crashed_ = false;
    unsigned failing_per_mille_ = 0;
    unsigned operations_left_ = 0;  ///< 0: no crash is planned
    std::size_t kept_count_ = 0;
    std::size_t faults_ = 0;
};

/// Makes SQLite use SimulatedDisk::current() for files below its folder; once in a process.
void register_simulated_vfs();

}  // namespace millrace::test
