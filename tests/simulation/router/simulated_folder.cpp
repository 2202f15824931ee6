// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/router/simulated_folder.hpp"

#include <algorithm>

namespace millrace::test {
namespace {

constexpr std::size_t sector_bytes = 512;

void put(std::string& to, std::size_t offset, std::string_view bytes) {
    if (to.size() < offset + bytes.size())
        to.resize(offset + bytes.size(), '\0');
    std::ranges::copy(bytes, to.begin() + static_cast<std::ptrdiff_t>(offset));
}

}  // namespace

class SimulatedFile final : public router::DataFile {
public:
    SimulatedFile(SimulatedFolder& folder, std::shared_ptr<SimulatedFolder::Node> node)
        : folder_(folder),
          node_(std::move(node)) {}

    std::uint64_t size() const override { return node_->content.size(); }

    Result<void> write_at(std::uint64_t offset, std::string_view bytes) override {
        if (auto const usable = folder_.check(); !usable)
            return usable;
        std::size_t const done = folder_.bytes_done(bytes.size());
        if (done > 0) {
            put(node_->content, offset, bytes.substr(0, done));
            node_->unsynced.push_back({offset, std::string(bytes.substr(0, done))});
        }
        if (done < bytes.size())
            return failure(ErrorCode::storage, "No space left on device.");
        return {};
    }

    Result<void> truncate(std::uint64_t size) override {
        if (auto const usable = folder_.check(); !usable)
            return usable;
        node_->content.resize(size);
        // Simpler than the truth: what is cut is cut for good.
        node_->durable = node_->content;
        node_->unsynced.clear();
        return {};
    }

    Result<void> sync() const override {
        auto const usable = folder_.check();
        if (!usable || folder_.full_)
            return failure(ErrorCode::storage, "Input/output error.");
        for (auto const& write : node_->unsynced)
            put(node_->durable, write.offset, write.bytes);
        node_->unsynced.clear();
        return {};
    }

private:
    SimulatedFolder& folder_;
    std::shared_ptr<SimulatedFolder::Node> node_;
};

Result<void> SimulatedFolder::check() const {
    if (crashed_)
        return failure(ErrorCode::storage, "The process has ended.");
    return {};
}

std::size_t SimulatedFolder::bytes_done(std::size_t wanted) {
    if (writes_left_ > 0 && --writes_left_ == 0) {
        crashed_ = true;
        return random_() % (wanted + 1);
    }
    return full_ ? random_() % wanted : wanted;
}

Result<std::string> SimulatedFolder::read(std::string const& name, std::size_t bytes_max) {
    auto const found = names_.find(name);
    if (found == names_.end())
        return failure(ErrorCode::not_found, "There is no file " + name + ".");
    if (found->second->content.size() > bytes_max)
        return failure(ErrorCode::too_large, name + " is too large.");
    return found->second->content;
}

Result<std::unique_ptr<router::DataFile>> SimulatedFolder::open(std::string const& name) {
    if (auto const usable = check(); !usable)
        return std::unexpected(usable.error());
    auto& node = names_[name];
    if (!node)
        node = std::make_shared<Node>();
    return std::make_unique<SimulatedFile>(*this, node);
}

Result<void> SimulatedFolder::rename(std::string const& from, std::string const& to) {
    if (auto const usable = check(); !usable)
        return usable;
    names_[to] = names_[from];
    names_.erase(from);
    return {};
}

Result<void> SimulatedFolder::sync_names() {
    if (auto const usable = check(); !usable)
        return usable;
    durable_names_ = names_;
    return {};
}

void SimulatedFolder::cut_power() {
    if (random_() % 2 == 0)
        names_ = durable_names_;
    durable_names_ = names_;
    for (auto const& [name, node] : names_) {
        for (Write const& write : node->unsynced)
            for (std::size_t at = 0; at < write.bytes.size();) {
                // Sectors are written whole or not at all.
                std::size_t const room = sector_bytes - (write.offset + at) % sector_bytes;
                std::size_t const count = std::min(room, write.bytes.size() - at);
                if (random_() % 2 == 0)
                    put(node->durable, write.offset + at, write.bytes.substr(at, count));
                at += count;
            }
        node->unsynced.clear();
        node->content = node->durable;
    }
}

void SimulatedFolder::damage(std::string const& name) {
    auto const found = names_.find(name);
    if (found == names_.end() || found->second->content.empty())
        return;
    std::string& content = found->second->content;
    // The heads of both slots, so that neither is left.
    for (std::size_t const slot : {std::size_t{0}, content.size() / 2, std::size_t{128 * 1024}})
        for (std::size_t at = slot; at < std::min(content.size(), slot + 16); ++at)
            content[at] = static_cast<char>(content[at] ^ static_cast<char>(1 + random_() % 255));
    found->second->durable = content;
    found->second->unsynced.clear();
}

std::string SimulatedFolder::content(std::string const& name) const {
    auto const found = names_.find(name);
    return found == names_.end() ? "" : found->second->content;
}

}  // namespace millrace::test
