// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <exception>
#include <map>
#include <set>

#include "configurator/host/host.hpp"

namespace millrace::configurator::test {

/// A machine of files and a list of what was run, whose power can be cut. Programs do not change
/// it.
class RecordingHost final : public Host {
public:
    /// Nothing is done any more when the power is gone.
    struct PowerIsOff : std::exception {};

    std::map<std::string, std::string> files;
    std::vector<std::string> ran;
    std::vector<std::string> inputs;
    /// Words of programs that fail, so often.
    std::map<std::string, int> failures;
    /// What programs print, where it matters.
    std::string says;
    /// Whether proofs hold.
    bool is_true = true;
    /// Commands until the power goes; 0: it stays.
    int cut_after = 0;
    int commands = 0;

    Result<bool> holds(Change const& change) override {
        tick();
        return std::visit([this](auto const& one) { return has(one); }, change);
    }
    Result<Change> present(std::string const& path) override {
        tick();
        auto const found = files.find(path);
        return found == files.end() ? Change(RemoveFile{path})
                                    : Change(WriteFile{path, Secret(found->second), 0600});
    }
    Result<void> make(Change const& change) override {
        tick();
        std::visit([this](auto const& one) { bring(one); }, change);
        return {};
    }
    Result<void> run(Program const& program) override {
        tick();
        std::string const words = describe(program);
        ran.push_back(words);
        inputs.push_back(program.input.reveal());
        printed_ = says.empty() ? words + " says " + program.input.reveal() + "\n" : says;
        if (auto const found = failures.find(words); found != failures.end() && found->second > 0) {
            --found->second;
            return failure(ErrorCode::unavailable, words + " failed.");
        }
        return {};
    }
    Result<bool> ask(Proof const&) override {
        tick();
        printed_ = is_true ? "true\n" : "false\n";
        return is_true;
    }
    std::string const& printed() const override { return printed_; }
    SteadyTime now() const override { return now_; }
    void wait(nanoseconds span) override {
        now_ += std::chrono::duration_cast<SteadyTime::duration>(span);
    }

private:
    void tick() {
        if (cut_after > 0 && commands == cut_after)
            throw PowerIsOff();
        ++commands;
    }
    bool has(WriteFile const& file) const {
        auto const found = files.find(file.path);
        return found != files.end() && found->second == file.content.reveal();
    }
    bool has(RemoveFile const& file) const { return !files.contains(file.path); }
    bool has(KeepFolder const& folder) const {
        std::size_t there = 0;
        for (auto const& [path, content] : files)
            there += path.starts_with(folder.path + "/") ? 1 : 0;
        if (there != folder.files.size())
            return false;
        for (WriteFile const& file : folder.files)
            if (!has(file))
                return false;
        return true;
    }
    bool has(KeepCertificate const& wanted) const {
        return files.contains(wanted.paths.certificate) && files.contains(wanted.paths.key);
    }
    bool has(KeepKeyPair const& wanted) const {
        return files.contains(wanted.private_path) && files.contains(wanted.public_path);
    }
    bool has(RenewCertificate const&) const { return true; }
    bool has(KeepKey const& wanted) const { return files.contains(wanted.path); }
    bool has(KeepClockOffset const& wanted) const { return files.contains(wanted.path); }
    bool has(KeepSecretValid const&) const { return true; }
    bool has(KeepToken const& wanted) const { return files.contains(wanted.path); }
    bool has(KeepDirectory const& wanted) const { return files.contains(wanted.path); }
    bool has(CopyFile const& wanted) const { return files.contains(wanted.path); }
    bool has(FillTemplate const& wanted) const { return files.contains(wanted.path); }
    bool has(EmptyFolder const& folder) const {
        return has(KeepFolder{.path = folder.path, .files = {}});
    }
    void bring(WriteFile const& file) { files[file.path] = file.content.reveal(); }
    void bring(RemoveFile const& file) { files.erase(file.path); }
    void bring(KeepFolder const& folder) {
        std::erase_if(
            files, [&](auto const& one) { return one.first.starts_with(folder.path + "/"); });
        for (WriteFile const& file : folder.files)
            bring(file);
    }
    void bring(KeepCertificate const& wanted) {
        files[wanted.paths.certificate] = "certificate";
        files[wanted.paths.key] = "key";
    }
    void bring(KeepKeyPair const& wanted) {
        files[wanted.private_path] = "key";
        files[wanted.public_path] = "public key";
    }
    void bring(RenewCertificate const&) {}
    void bring(KeepKey const& wanted) { files[wanted.path] = "key"; }
    void bring(KeepClockOffset const& wanted) { files[wanted.path] = "offset"; }
    void bring(KeepSecretValid const&) {}
    void bring(KeepToken const& wanted) { files[wanted.path] = "token"; }
    void bring(KeepDirectory const& wanted) { files[wanted.path] = "folder"; }
    void bring(CopyFile const& wanted) { files[wanted.path] = "from " + wanted.from; }
    void bring(FillTemplate const& wanted) { files[wanted.path] = "from " + wanted.template_path; }
    void bring(EmptyFolder const& folder) { bring(KeepFolder{.path = folder.path, .files = {}}); }

    SteadyTime now_;
    std::string printed_;
};

}  // namespace millrace::configurator::test
