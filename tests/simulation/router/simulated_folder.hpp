// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <random>
#include <vector>

#include "router/checkpoint/data_folder.hpp"

namespace millrace::test {

/// A disk that fails as disks do. What is written is what the process reads back; of what was not
/// synced, a power cut keeps any sectors; of names that were not synced, the old or the new.
class SimulatedFolder final : public router::DataFolder {
public:
    explicit SimulatedFolder(std::mt19937_64& random) : random_(random) {}

    Result<std::string> read(std::string const& name, std::size_t bytes_max) override;
    Result<std::unique_ptr<router::DataFile>> open(std::string const& name) override;
    Result<void> rename(std::string const& from, std::string const& to) override;
    Result<void> sync_names() override;
    std::string place_of(std::string const& name) const override { return name; }

    /// Every write and sync fails; of a write some bytes may be there.
    void set_full(bool full) { full_ = full; }
    /// The process ends in the middle of the write after `writes` more: see crashed().
    void crash_in(unsigned writes) { writes_left_ = writes; }
    bool crashed() const { return crashed_; }
    /// A new process begins.
    void restart() {
        crashed_ = false;
        writes_left_ = 0;
    }
    /// The machine loses power.
    void cut_power();
    /// Some bytes of a file turn into others.
    void damage(std::string const& name);
    /// What stands in the file; empty if there is none.
    std::string content(std::string const& name) const;

private:
    friend class SimulatedFile;
    struct Write {
        std::size_t offset = 0;
        std::string bytes;
    };
    struct Node {
        std::string content;
        std::string durable;
        std::vector<Write> unsynced;
    };
    using Names = std::map<std::string, std::shared_ptr<Node>>;

    /// Whether something may be done to the disk now.
    Result<void> check() const;
    /// How much of a write of so many bytes is done; all of it unless something happens.
    std::size_t bytes_done(std::size_t wanted);

    std::mt19937_64& random_;
    Names names_;
    Names durable_names_;
    bool full_ = false;
    bool crashed_ = false;
    unsigned writes_left_ = 0;  ///< 0: no crash is planned
};

}  // namespace millrace::test
