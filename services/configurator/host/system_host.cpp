// SPDX-License-Identifier: Apache-2.0
#include "configurator/host/system_host.hpp"

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "common/base/file.hpp"
#include "common/net/certificate.hpp"
#include "common/net/tls.hpp"
#include "common/process/run_to_end.hpp"

namespace millrace::configurator {
namespace {

constexpr std::size_t file_bytes_max = std::size_t{1} << 20;
constexpr seconds ask_limit = 10s;
constexpr mode_t permission_bits = 07777;

/// What is there, or nothing.
Result<std::optional<std::string>> content_of(std::filesystem::path const& path) {
    auto content = read_file(path, file_bytes_max);
    if (content)
        return std::move(*content);
    if (content.error().code == ErrorCode::not_found)
        return std::nullopt;
    return std::unexpected(content.error());
}

/// What is in a folder; one that is not there has nothing.
Result<std::vector<std::filesystem::path>> files_of(std::filesystem::path const& folder) {
    auto files = list_folder(folder);
    if (!files && files.error().code == ErrorCode::not_found)
        return std::vector<std::filesystem::path>();
    return files;
}

Result<void> remove_file(std::filesystem::path const& path) {
    std::error_code code;
    bool const was_there = std::filesystem::remove(path, code);
    if (code)
        return failure(
            ErrorCode::storage, "Cannot remove " + path.string() + ": " + code.message() + ".");
    return was_there ? sync_folder(path.parent_path()) : Result<void>();
}

bool has_mode(std::filesystem::path const& path, mode_t mode) {
    struct stat status{};
    return ::stat(path.c_str(), &status) == 0 && (status.st_mode & permission_bits) == mode;
}

Result<void> write(std::filesystem::path const& path, std::string_view content, mode_t mode) {
    // The folder of a secret is nobody else's either.
    mode_t const folder_mode = mode == 0600 ? 0700 : 0755;
    if (auto made = make_directories(path.parent_path(), folder_mode); !made)
        return made;
    return write_file_atomic(path, content, mode);
}

/// Whether a served certificate can stay: it fits its key, has the names, and is not two thirds
/// through its life.
bool is_current(KeepCertificate const& wanted, CertificateText const& text, SystemTime now) {
    auto const facts = describe_certificates(text.certificate_pem);
    if (!facts || !TlsContext::server(text))
        return false;
    CertificateFacts const& first = facts->front();
    auto const life = first.not_after - first.not_before;
    bool const has_names = std::ranges::all_of(wanted.names, [&](std::string const& name) {
        return std::ranges::find(first.names, name) != first.names.end();
    });
    return has_names && first.not_before <= now && first.not_after - now > life / 3;
}

/// The end of what a program printed, in one line.
std::string last_words(std::string output) {
    constexpr std::size_t shown_bytes_max = 300;
    std::ranges::replace(output, '\n', ' ');
    output.resize(output.find_last_not_of(' ') + 1);
    if (output.size() > shown_bytes_max)
        output = "..." + output.substr(output.size() - shown_bytes_max);
    return output;
}

ChildCommand command_of(std::vector<std::string> const& words) {
    return {
        .arguments = words,
        .environment = std::map<std::string, Secret>{
            {"PATH", Secret("/usr/sbin:/usr/bin:/sbin:/bin")}, {"LC_ALL", Secret("C.UTF-8")}}};
}

}  // namespace

std::filesystem::path SystemHost::at(std::string const& path) const {
    return root_ / std::filesystem::path(path).relative_path();
}

Result<bool> SystemHost::holds(Change const& change) {
    return std::visit([this](auto const& one) { return has(one); }, change);
}

Result<void> SystemHost::make(Change const& change) {
    return std::visit([this](auto const& one) { return bring(one); }, change);
}

Result<bool> SystemHost::has(WriteFile const& file) const {
    auto const path = at(file.path);
    auto const found = content_of(path);
    if (!found)
        return std::unexpected(found.error());
    return *found == file.content.reveal() && has_mode(path, file.mode);
}

Result<bool> SystemHost::has(RemoveFile const& file) const {
    auto const found = content_of(at(file.path));
    if (!found)
        return std::unexpected(found.error());
    return !found->has_value();
}

Result<bool> SystemHost::has(KeepFolder const& folder) const {
    auto const files = files_of(at(folder.path));
    if (!files)
        return std::unexpected(files.error());
    if (files->size() != folder.files.size())
        return false;
    for (WriteFile const& file : folder.files)
        if (auto const holds = has(file); !holds || !*holds)
            return holds;
    return true;
}

Result<bool> SystemHost::has(KeepCertificate const& wanted) const {
    auto const certificate = content_of(at(wanted.certificate_path));
    auto const key = content_of(at(wanted.key_path));
    if (!certificate || !key)
        return std::unexpected((!certificate ? certificate : key).error());
    return *certificate && *key && has_mode(at(wanted.key_path), 0600) &&
           is_current(wanted, {**certificate, **key}, system_now());
}

Result<void> SystemHost::bring(WriteFile const& file) const {
    return write(at(file.path), file.content.reveal(), file.mode);
}

Result<void> SystemHost::bring(RemoveFile const& file) const {
    return remove_file(at(file.path));
}

Result<void> SystemHost::bring(KeepFolder const& folder) const {
    auto const files = files_of(at(folder.path));
    if (!files)
        return std::unexpected(files.error());
    for (std::filesystem::path const& found : *files)
        if (std::ranges::none_of(
                folder.files, [&](WriteFile const& file) { return at(file.path) == found; }))
            if (auto removed = remove_file(found); !removed)
                return removed;
    for (WriteFile const& file : folder.files)
        if (auto written = bring(file); !written)
            return written;
    return {};
}

Result<void> SystemHost::bring(KeepCertificate const& wanted) const {
    auto const made = make_self_signed_certificate(wanted.names, wanted.days);
    if (!made)
        return std::unexpected(made.error());
    // A cut between the two leaves a pair that does not fit, which does not hold.
    if (auto key = write(at(wanted.key_path), made->key_pem, 0600); !key)
        return key;
    return write(at(wanted.certificate_path), made->certificate_pem, 0644);
}

Result<void> SystemHost::run(Program const& program) {
    auto const end = run_to_end(command_of(program.words), program.limit, program.input);
    printed_ = end ? end->output : end.error().detail;
    if (!end)
        return std::unexpected(end.error());
    if (end->is_well()) {
        // What it has written is nobody's to sync but ours: the step counts as done from here on.
        ::sync();
        return {};
    }
    return failure(
        ErrorCode::unavailable, program.words.front() + " " + describe_wait_status(end->status) +
                                    ": " + last_words(end->output) + ".");
}

Result<bool> SystemHost::ask(Proof const& proof) {
    auto const end = run_to_end(command_of(proof.words), ask_limit);
    printed_ = end ? end->output : end.error().detail;
    if (!end)
        return std::unexpected(end.error());
    return end->is_well() && (proof.output.empty() || last_words(end->output) == proof.output);
}

void SystemHost::wait(nanoseconds span) {
    ::poll(nullptr, 0, static_cast<int>(std::chrono::ceil<milliseconds>(span).count()));
}

}  // namespace millrace::configurator
