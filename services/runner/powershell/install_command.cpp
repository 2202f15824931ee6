// SPDX-License-Identifier: Apache-2.0
#include "runner/powershell/install_command.hpp"

#include <csignal>
#include <cstdio>

#include "common/base/flags.hpp"
#include "common/base/json.hpp"
#include "runner/powershell/install_powershell.hpp"
#include "runner/powershell/powershell_archive.hpp"

namespace millrace::runner {
namespace {

std::vector<Flag> install_flags() {
    return {
        {.name = "archive",
         .help =
             "PowerShell as powershell-7.x.y-linux-x64.tar.gz; none: what is there already, or the "
             "pwsh on the PATH."},
        {.name = "sha256", .help = "SHA-256 that the archive must have."},
        {.name = "modules",
         .help = "Folder of more modules or .nupkg, or a .zip, .tar.gz or .nupkg."},
        {.name = "into", .help = "Folder where it goes.", .required = true},
        {.name = "runtimes",
         .fallback = "services/runner/runtimes",
         .help = "Folder with the workers of the runtimes."},
        {.name = "help", .kind = Flag::Kind::boolean, .help = "Shows this text."},
    };
}

int refuse(std::string const& why) {
    std::fprintf(stderr, "%s\n", why.c_str());
    return 2;
}

}  // namespace

int run_install_command(std::vector<std::string> const& command_line) {
    auto const flags = parse_flags_leniently(install_flags(), command_line);
    if (flags.values.boolean("help")) {
        std::fputs(
            describe_flags("millrace-runner install-powershell [--flag VALUE ...]", install_flags())
                .c_str(),
            stdout);
        return 0;
    }
    Faults faults = flags.faults;
    for (std::string const& word : flags.values.arguments)
        faults.push_back(unexpected_word(install_flags(), word));
    if (!faults.empty())
        return refuse(to_string(faults));
    PowerShellWish wish;
    wish.archive = flags.values.text("archive");
    wish.modules = flags.values.text("modules");
    wish.folder = flags.values.text("into");
    wish.runtime = std::filesystem::absolute(flags.values.text("runtimes")) / "powershell";
    if (std::string const& digits = flags.values.text("sha256"); !digits.empty()) {
        auto sha256 = read_sha256(digits);
        if (!sha256 || wish.archive.empty())
            return refuse(
                "--sha256: " + (sha256 ? "goes only with --archive." : sha256.error().detail));
        wish.sha256 = std::move(*sha256);
    }
    std::signal(SIGPIPE, SIG_IGN);
    auto const installed = install_powershell(wish);
    if (!installed) {
        std::fprintf(stderr, "%s\n", installed.error().detail.c_str());
        return 1;
    }
    Json json = Json::object();
    json["version"] = installed->version;
    json["sha256"] = installed->sha256;
    json["program"] = installed->program.string();
    json["folder"] = std::filesystem::absolute(wish.folder).string();
    std::printf("%s\n", dump_json(json).c_str());
    return 0;
}

}  // namespace millrace::runner
