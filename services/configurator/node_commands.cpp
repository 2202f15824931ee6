// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/file.h>

#include "common/base/file.hpp"
#include "configurator/command_line.hpp"
#include "configurator/command_steps.hpp"
#include "configurator/commands.hpp"
#include "configurator/host/system_host.hpp"
#include "configurator/images/image_imports.hpp"
#include "configurator/node/node_certificates.hpp"
#include "configurator/node/node_steps.hpp"

namespace millrace::configurator {
namespace {

constexpr Flag images_flag = {
    .name = "images",
    .fallback = "/usr/share/millrace/images,/var/lib/millrace/images",
    .help = "Folders of image archives, separated by commas."};
constexpr Flag marks_flag = {
    .name = "marks",
    .fallback = "/var/lib/millrace/cluster/images",
    .help = "Where is kept which archives are imported."};

constexpr Flag required_flag = {
    .name = "required",
    .help = "The name of an archive that must be imported; else none has to be but our own."};
constexpr Flag running_flag = {
    .name = "running",
    .kind = Flag::Kind::boolean,
    .fallback = "false",
    .help = "The node's programs run: images stay, whole or not."};

/// The files of a folder; none where it is not there.
Result<std::vector<std::string>> files_in(std::filesystem::path const& folder) {
    auto const files = list_folder(folder);
    if (!files && files.error().code == ErrorCode::not_found)
        return std::vector<std::string>();
    if (!files)
        return std::unexpected(files.error());
    std::vector<std::string> names;
    for (std::filesystem::path const& file : *files)
        names.push_back(file.string());
    return names;
}

/// The files that are filled in.
Result<std::vector<std::string>> template_names() {
    std::vector<std::string> names;
    for (auto const* folder : {"cni", "config"}) {
        auto const files = files_in(std::filesystem::path(node_templates) / folder);
        if (!files)
            return files;
        for (std::string const& file : *files)
            names.push_back(file.substr(node_templates.size() + 1));
    }
    return names;
}

/// What the two commands begin with.
Result<ImageImports> open_images(FlagValues const& flags) {
    return ImageImports::open(
        {.folders = flags.list("images"),
         .marks = flags.text("marks"),
         .disk = std::filesystem::path(node_folder)});
}

/// Images are brought at a start, and where a person brings one: one after the other. Until it is
/// closed it is our turn.
Result<FileDescriptor> wait_for_turn(std::filesystem::path const& folder) {
    if (auto made = make_directories(folder, 0700); !made)
        return std::unexpected(made.error());
    FileDescriptor lock(::open((folder / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!lock.is_open() || ::flock(lock.get(), LOCK_EX) != 0)
        return std::unexpected(storage_error("Cannot lock " + folder.string()));
    return lock;
}

}  // namespace

int run_node(std::vector<std::string> const& words) {
    auto const flags = read_flags("node", words, {images_flag, marks_flag, running_flag});
    if (!flags)
        return flags.error();
    auto images = open_images(*flags);
    auto const settings = read_node_settings();
    auto const templates = template_names();
    auto const life = read_certificate_life();
    if (!images || !settings || !templates || !life)
        return complain((!images      ? images.error()
                         : !settings  ? settings.error()
                         : !templates ? templates.error()
                                      : life.error())
                            .detail);
    bool const are_whole = flags->boolean("running") || images->are_whole();
    // First: a cut between the two must not leave marks of what was thrown away.
    if (!are_whole)
        if (auto const forgotten = images->forget(); !forgotten)
            return complain(forgotten.error().detail);
    return perform_all(node_steps(
        *settings,
        {.templates = *templates, .images_are_whole = are_whole, .certificate_life = *life}));
}

int run_certificates(std::vector<std::string> const& words) {
    auto const flags = read_flags(
        "certificates", words,
        {{.name = "folder", .help = "Of the node's files.", .required = true},
         {.name = "address", .help = "The node's own.", .required = true},
         {.name = "api-address", .help = "Of the Service \"kubernetes\".", .required = true}});
    if (!flags)
        return flags.error();
    return perform_all({certificates_step(
        flags->text("folder"),
        {.node = flags->text("address"), .api = flags->text("api-address")})});
}

int run_ready(std::vector<std::string> const& words) {
    auto const flags = read_flags("ready", words, {});
    return flags ? perform_all({ready_step()}) : flags.error();
}

int run_webhooks(std::vector<std::string> const& words) {
    auto const flags = read_flags("webhooks", words, {});
    return flags ? perform_all({ready_step(), webhooks_step()}) : flags.error();
}

int run_images(std::vector<std::string> const& words) {
    auto const flags = read_flags("images", words, {images_flag, marks_flag, required_flag});
    if (!flags)
        return flags.error();
    auto const turn = wait_for_turn(flags->text("marks"));
    if (!turn)
        return complain(turn.error().detail);
    auto images = open_images(*flags);
    if (!images)
        return complain(images.error().detail);
    SystemHost host("/");
    auto const brought = images->bring(host);
    if (!brought)
        return complain(brought.error().detail);
    for (std::string const& problem : brought->problems)
        complain(problem);
    bool const is_well = brought->is_done && !brought->left_out.contains(flags->text("required"));
    return is_well ? well : step_failed;
}

}  // namespace millrace::configurator
