// SPDX-License-Identifier: Apache-2.0
#include "runner/powershell/install_powershell.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "common/base/encoding.hpp"
#include "common/base/file.hpp"
#include "common/net/digest.hpp"
#include "common/process/run_to_end.hpp"
#include "runner/powershell/powershell_archive.hpp"
#include "runner/powershell/powershell_environment.hpp"
#include "runner/powershell/powershell_trial.hpp"
#include "runner/powershell/unpack_modules.hpp"

namespace millrace::runner {
namespace {

constexpr seconds unpack_limit = 120s;
constexpr seconds version_limit = 30s;
constexpr seconds compile_limit = 120s;
constexpr std::size_t key_digits = 16;
constexpr char const* unfinished_prefix = ".unfinished-";
constexpr std::size_t said_most = 300;

/// What a program said, as part of a sentence.
std::string as_one_line(std::string text) {
    std::ranges::replace(text, '\n', ' ');
    std::erase(text, '\r');
    while (text.ends_with(' '))
        text.pop_back();
    return text.size() <= said_most ? text : "..." + text.substr(text.size() - said_most);
}

/// Runs it; an end with another status than 0 is an error that tells what it said.
Result<std::string> run(
    std::vector<std::string> words, std::map<std::string, Secret> environment, nanoseconds limit) {
    ChildCommand command;
    command.arguments = std::move(words);
    environment.try_emplace("PATH", Secret("/usr/local/bin:/usr/bin:/bin"));
    environment.try_emplace("LANG", Secret("C.UTF-8"));
    command.environment = std::move(environment);
    auto end = run_to_end(std::move(command), limit);
    if (!end)
        return std::unexpected(end.error());
    if (!end->is_well())
        return failure(
            ErrorCode::invalid,
            as_one_line(end->output) + " (it " + describe_wait_status(end->status) + ")");
    return std::move(end->output);
}

/// A folder that is gone in the end, unless it was given a name.
class UnfinishedFolder {
public:
    explicit UnfinishedFolder(std::filesystem::path const& beside)
        : path_(beside / (unfinished_prefix + hex_encode(random_bytes(6)))) {}
    UnfinishedFolder(UnfinishedFolder const&) = delete;
    UnfinishedFolder& operator=(UnfinishedFolder const&) = delete;
    ~UnfinishedFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    std::filesystem::path const& path() const { return path_; }
    Result<void> make() const { return make_directories(path_, 0755); }
    /// What is in it is on the disk before it has the name by which it counts as whole.
    Result<void> name(std::filesystem::path const& place) const {
        FileDescriptor const folder(::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (!folder.is_open() || ::syncfs(folder.get()) != 0 ||
            ::rename(path_.c_str(), place.c_str()) != 0)
            return std::unexpected(storage_error("Cannot write " + place.string()));
        return {};
    }

private:
    std::filesystem::path path_;
};

/// What an installation that was killed has left.
void remove_unfinished(std::filesystem::path const& folder) {
    std::error_code ignored;
    for (auto const& path : list_folder(folder).value_or(std::vector<std::filesystem::path>()))
        if (path.filename().string().starts_with(unfinished_prefix))
            std::filesystem::remove_all(path, ignored);
}

class Installer {
public:
    explicit Installer(PowerShellWish const& wish)
        : wish_(wish),
          folder_(std::filesystem::absolute(wish.folder)),
          has_icu_(system_has_icu()) {}

    Result<PowerShellRuntime> install();

private:
    bool keep();
    Result<void> bring();
    Result<void> find();
    Result<void> unpack(std::filesystem::path const& place) const;
    Result<void> ask_version();
    Result<void> prepare(std::string const& sources);
    Result<void> compile(std::filesystem::path const& into) const;
    Result<void> bring_modules();
    Result<void> unpack_modules(
        std::filesystem::path const& into, std::filesystem::path const& home) const;
    std::map<std::string, Secret> environment(std::filesystem::path const& home) const;

    PowerShellWish const& wish_;
    std::filesystem::path folder_;
    std::filesystem::path place_;  ///< of this PowerShell in the folder
    bool has_icu_;
    PowerShellRuntime made_;
};

std::map<std::string, Secret> Installer::environment(std::filesystem::path const& home) const {
    std::map<std::string, Secret> variables;
    for (auto const& [name, value] : powershell_basics(has_icu_))
        variables[name] = Secret(value);
    variables["HOME"] = Secret(home.string());
    variables["TMPDIR"] = Secret(home.string());
    return variables;
}

Result<void> Installer::unpack(std::filesystem::path const& place) const {
    std::string const archive = wish_.archive.string();
    auto const names =
        run({"/usr/bin/env", "tar", "--list", "--gzip", "--file", archive}, {}, unpack_limit);
    if (!names)
        return failure(
            ErrorCode::invalid,
            archive + " cannot be unpacked, it is damaged or no .tar.gz: " + names.error().detail);
    if (auto const fits = check_archive_names(*names); !fits)
        return failure(ErrorCode::invalid, archive + ": " + fits.error().detail);
    UnfinishedFolder const unfinished(folder_);
    if (auto const made = unfinished.make(); !made)
        return made;
    auto const unpacked =
        run({"/usr/bin/env", "tar", "--extract", "--gzip", "--no-same-owner", "--file", archive,
             "--directory", unfinished.path().string()},
            {}, unpack_limit);
    if (!unpacked)
        return failure(
            ErrorCode::invalid, archive + " cannot be unpacked: " + unpacked.error().detail);
    std::error_code error;
    auto const program = unfinished.path() / "pwsh";
    std::string head(64, '\0');
    std::ifstream(program, std::ios::binary)
        .read(head.data(), static_cast<std::streamsize>(head.size()));
    if (auto const fits = check_program_head(head); !fits)
        return failure(ErrorCode::invalid, archive + ": " + fits.error().detail);
    // The official archive leaves this to who unpacks it.
    std::filesystem::permissions(
        program,
        std::filesystem::perms::owner_exec | std::filesystem::perms::group_exec |
            std::filesystem::perms::others_exec,
        std::filesystem::perm_options::add, error);
    if (auto const made = make_directories(place.parent_path(), 0755); !made)
        return made;
    return unfinished.name(place);
}

/// The archive's PowerShell, in the folder of its checksum.
Result<void> Installer::bring() {
    auto const digest = sha256_of_file(wish_.archive);
    if (!digest)
        return std::unexpected(digest.error());
    bool const is_other = !wish_.sha256.empty() && wish_.sha256 != *digest;
    if (is_other)
        return failure(
            ErrorCode::invalid, wish_.archive.string() +
                                    " is not the archive that was asked for: its "
                                    "SHA-256 is " +
                                    *digest + ", not " + wish_.sha256 + ".");
    place_ = folder_ / digest->substr(0, key_digits);
    auto const program = place_ / "program";
    std::error_code error;
    if (!std::filesystem::is_directory(program, error))
        if (auto const unpacked = unpack(program); !unpacked)
            return unpacked;
    made_.sha256 = *digest;
    made_.program = program / "pwsh";
    return {};
}

/// What was brought here before, so that an archive is named once; false: nothing was.
bool Installer::keep() {
    auto const known = read_noted(folder_);
    std::error_code error;
    if (!known || !std::filesystem::is_regular_file(known->program, error))
        return false;
    if (wish_.modules.empty() && std::filesystem::is_directory(known->modules, error))
        made_.modules = known->modules;
    if (known->sha256.empty() || !wish_.archive.empty())
        return false;
    made_.program = known->program;
    made_.sha256 = known->sha256;
    place_ = known->program.parent_path().parent_path();
    return true;
}

/// The PowerShell of this system, prepared in a folder named by what it is.
Result<void> Installer::find() {
    char const* const path = std::getenv("PATH");
    made_.program = find_pwsh(path == nullptr ? "" : path);
    if (made_.program.empty())
        return failure(ErrorCode::not_found, powershell_remedy);
    std::error_code error;
    auto const size = std::filesystem::file_size(made_.program, error);
    auto const written = std::filesystem::last_write_time(made_.program, error);
    std::string const what = made_.program.string() + " " + std::to_string(size) + " " +
                             std::to_string(written.time_since_epoch().count());
    char key[17];
    std::snprintf(key, sizeof key, "%016llx", static_cast<unsigned long long>(fnv1a(what)));
    place_ = folder_ / ("system-" + std::string(key));
    return make_directories(place_, 0755);
}

Result<void> Installer::ask_version() {
    UnfinishedFolder const home(folder_);
    if (auto const made = home.make(); !made)
        return made;
    auto const said =
        run({made_.program.string(), "-Version"}, environment(home.path()), version_limit);
    if (!said)
        return failure(
            ErrorCode::unavailable,
            made_.program.string() + " does not run here: " + said.error().detail);
    auto version = read_version(*said);
    if (!version)
        return failure(ErrorCode::invalid, made_.program.string() + ": " + version.error().detail);
    made_.version = std::move(*version);
    return {};
}

Result<void> Installer::compile(std::filesystem::path const& into) const {
    auto const home = into / "home";
    if (auto const made = make_directories(home, 0755); !made)
        return made;
    auto const assembly = into / "worker.dll";
    auto const compiled =
        run({made_.program.string(), "-NoLogo", "-NoProfile", "-NonInteractive", "-File",
             (wish_.runtime / "compile.ps1").string(), assembly.string()},
            environment(home), compile_limit);
    std::error_code error;
    std::filesystem::remove_all(home, error);
    bool const is_there = compiled && std::filesystem::exists(assembly, error) &&
                          std::filesystem::file_size(assembly, error) > 0;
    if (is_there)
        return {};
    return failure(
        ErrorCode::unavailable, made_.program.string() + " cannot compile the worker: " +
                                    (compiled ? as_one_line(*compiled) : compiled.error().detail));
}

/// The compiled worker, in the folder of its sources.
Result<void> Installer::prepare(std::string const& sources) {
    made_.compiled = place_ / ("compiled-" + sources);
    std::error_code error;
    if (std::filesystem::is_directory(made_.compiled, error))
        return {};
    UnfinishedFolder const unfinished(folder_);
    auto done = unfinished.make();
    if (done)
        done = compile(unfinished.path());
    if (done) {
        PowerShellRuntime trial = made_;
        trial.compiled = unfinished.path();
        done = try_powershell(trial, wish_.runtime);
    }
    return done ? unfinished.name(made_.compiled) : done;
}

/// The .nupkg of a folder; of what is none: none.
std::vector<std::filesystem::path> packages_in(std::filesystem::path const& folder) {
    auto paths = list_folder(folder).value_or(std::vector<std::filesystem::path>());
    std::erase_if(paths, [](auto const& path) { return path.extension() != ".nupkg"; });
    return paths;
}

/// Names the content of an archive, or of a folder of packages. Errors: `invalid` where that has
/// modules of another form, too.
Result<std::string> name_of_modules(
    std::filesystem::path const& modules, std::vector<std::filesystem::path> packages) {
    if (packages.empty()) {
        auto const digest = sha256_of_file(modules);
        return digest ? digest->substr(0, key_digits) : digest;
    }
    auto const entries = list_folder(modules);
    if (!entries)
        return std::unexpected(entries.error());
    if (entries->size() != packages.size())
        return failure(
            ErrorCode::invalid,
            modules.string() +
                " has .nupkg and other entries: give modules as folders, or all as .nupkg.");
    std::ranges::sort(packages);
    std::string all;
    for (auto const& package : packages) {
        auto const digest = sha256_of_file(package);
        if (!digest)
            return digest;
        all += package.filename().string() + "\n" + *digest;
    }
    char key[key_digits + 1];
    std::snprintf(key, sizeof key, "%016llx", static_cast<unsigned long long>(fnv1a(all)));
    return std::string(key);
}

Result<void> Installer::unpack_modules(
    std::filesystem::path const& into, std::filesystem::path const& home) const {
    bool const is_tar = wish_.modules.string().ends_with(".tar.gz");
    if (is_tar)
        if (auto const unpacked =
                run({"/usr/bin/env", "tar", "--extract", "--gzip", "--no-same-owner", "--file",
                     wish_.modules.string(), "--directory", into.string()},
                    {}, unpack_limit);
            !unpacked || packages_in(into).empty())
            return unpacked ? Result<void>() : std::unexpected(unpacked.error());
    auto variables = environment(home);
    if (!is_tar)
        variables["MODULES"] = Secret(std::filesystem::absolute(wish_.modules).string());
    variables["INTO"] = Secret(into.string());
    auto const unpacked =
        run({made_.program.string(), "-NoLogo", "-NoProfile", "-NonInteractive", "-Command",
             unpack_modules_script},
            std::move(variables), unpack_limit);
    return unpacked ? Result<void>() : std::unexpected(unpacked.error());
}

/// A folder of modules stays where it is; an archive, and a folder of .nupkg, is unpacked into the
/// folder of its checksum.
Result<void> Installer::bring_modules() {
    std::error_code error;
    if (wish_.modules.empty())
        return {};
    auto packages = packages_in(wish_.modules);
    if (packages.empty() && std::filesystem::is_directory(wish_.modules, error)) {
        made_.modules = std::filesystem::weakly_canonical(wish_.modules, error);
        return {};
    }
    auto const name = name_of_modules(wish_.modules, std::move(packages));
    if (!name)
        return std::unexpected(name.error());
    made_.modules = folder_ / ("modules-" + *name);
    if (std::filesystem::is_directory(made_.modules, error))
        return {};
    UnfinishedFolder const unfinished(folder_);
    UnfinishedFolder const home(folder_);
    for (UnfinishedFolder const* folder : {&unfinished, &home})
        if (auto const made = folder->make(); !made)
            return made;
    if (auto const unpacked = unpack_modules(unfinished.path(), home.path()); !unpacked)
        return failure(
            ErrorCode::invalid, wish_.modules.string() +
                                    " cannot be unpacked, neither as .tar.gz nor as .zip or "
                                    ".nupkg: " +
                                    unpacked.error().detail);
    return unfinished.name(made_.modules);
}

Result<PowerShellRuntime> Installer::install() {
    auto const sources = source_key(wish_.runtime);
    if (!sources)
        return std::unexpected(sources.error());
    remove_unfinished(folder_);
    Result<void> done;
    if (!keep())
        done = wish_.archive.empty() ? find() : bring();
    if (done)
        done = ask_version();
    made_.has_icu = has_icu_;
    if (done)
        done = prepare(*sources);
    if (done)
        done = bring_modules();
    if (done)
        done = write_installation(folder_, made_, *sources);
    if (!done)
        return std::unexpected(done.error());
    return made_;
}

}  // namespace

std::filesystem::path find_pwsh(std::string_view path) {
    while (!path.empty()) {
        std::string_view const folder = path.substr(0, path.find(':'));
        path.remove_prefix(std::min(path.size(), folder.size() + 1));
        auto const program = std::filesystem::path(folder) / "pwsh";
        std::error_code error;
        bool const can_run = program.is_absolute() &&
                             std::filesystem::is_regular_file(program, error) &&
                             ::access(program.c_str(), X_OK) == 0;
        if (can_run)
            return std::filesystem::canonical(program, error);
    }
    return {};
}

Result<PowerShellRuntime> install_powershell(PowerShellWish const& wish) {
    return Installer(wish).install();
}

}  // namespace millrace::runner
