// SPDX-License-Identifier: Apache-2.0
#include "configurator/commands.hpp"

#include <cstdio>

#include "common/base/file.hpp"
#include "common/base/flags.hpp"
#include "configurator/configure.hpp"
#include "configurator/environment/ovf_environment.hpp"
#include "configurator/environment/settings.hpp"
#include "configurator/environment/transport.hpp"
#include "configurator/host/system_host.hpp"
#include "configurator/state/status.hpp"
#include "configurator/steps/steps.hpp"

namespace millrace::configurator {
namespace {

constexpr int well = 0;
constexpr int stuck = 1;
constexpr int bad_input = 2;
constexpr int no_environment = 3;

std::vector<Flag> flags_of(bool changes_the_host) {
    std::vector<Flag> flags = {
        {.name = "environment",
         .help = "The OVF environment document; else VMware Tools and the CD drive are asked."}};
    if (changes_the_host) {
        flags.push_back(
            {.name = "state",
             .fallback = "/var/lib/millrace/configurator",
             .help = "What is kept from one start to the next."});
        flags.push_back(
            {.name = "status",
             .fallback = "/run/millrace/status.json",
             .help = "Where the progress is told."});
    }
    return flags;
}

int complain(std::string const& sentence) {
    std::fprintf(stderr, "millrace-configurator: %s\n", sentence.c_str());
    return bad_input;
}

/// Reads the flags; the exit code where they end the program.
std::expected<FlagValues, int> read_flags(
    std::string_view command, std::vector<std::string> const& words, bool changes_the_host) {
    auto const flags = flags_of(changes_the_host);
    if (words == std::vector<std::string>{"--help"}) {
        std::string const usage = "millrace-configurator " + std::string(command) + " [--flag ...]";
        std::fputs(describe_flags(usage, flags).c_str(), stdout);
        return std::unexpected(well);
    }
    auto values = parse_flags(flags, words);
    if (values && !values->arguments.empty())
        values = std::unexpected(Faults{unexpected_word(flags, values->arguments.front())});
    if (!values)
        return std::unexpected(complain(to_string(values.error())));
    return std::move(*values);
}

/// What the form says, or the exit code where there is none to follow.
std::expected<PropertyTexts, int> read_form(FlagValues const& flags) {
    Transports transports = appliance_transports();
    transports.file = flags.text("environment");
    auto const found = find_environment(transports);
    if (!found)
        return std::unexpected(complain(found.error().detail));
    if (!*found) {
        std::fputs(
            "There is no OVF environment: neither VMware Tools nor the CD drive has one.\n",
            stderr);
        return std::unexpected(no_environment);
    }
    auto form = parse_ovf_environment((*found)->xml);
    if (!form)
        return std::unexpected(complain((*found)->place + ": " + form.error().detail));
    return std::move(*form);
}

void print(FILE* to, std::string_view heading, Faults const& faults) {
    if (!faults.empty())
        std::fprintf(to, "%s\n%s\n", heading.data(), to_string(faults).c_str());
}

ReadSettings read_and_print(PropertyTexts const& form) {
    ReadSettings read = read_settings(form, system_now());
    print(stderr, "To know:", read.notes);
    if (!read.settings)
        print(stderr, "To correct:", read.settings.error());
    return read;
}

/// Tells how it stands: the file for programs, a line a step for people.
class Progress {
public:
    explicit Progress(std::filesystem::path file) : file_(std::move(file)) {}

    Result<void> write(Json const& status) const {
        if (auto made = make_directories(file_.parent_path(), 0755); !made)
            return made;
        return write_file_atomic(file_, dump_json_pretty(status), 0644, Durability::process);
    }
    void tell(ConfigurationMachine const& machine, Faults const& notes) {
        Json const status = status_json(machine, notes);
        if (status == told_)
            return;
        told_ = status;
        if (auto const written = write(status); !written)
            complain(written.error().detail);
        for (; lines_ < machine.current().value_or(machine.steps().size()); ++lines_)
            print_line(machine.steps()[lines_], machine.reports()[lines_]);
        if (std::holds_alternative<Stuck>(machine.next()))
            print_line(machine.steps()[lines_], machine.reports()[lines_]);
    }

private:
    static void print_line(Step const& step, StepReport const& report) {
        std::printf("%-28s %s\n", step.title.c_str(), std::string(to_string(report.state)).c_str());
        if (!report.problem.empty())
            std::printf("  %s\n", report.problem.c_str());
        std::fflush(stdout);
    }

    std::filesystem::path file_;
    Json told_;
    std::size_t lines_ = 0;
};

int apply(FlagValues const& flags, PropertyTexts form) {
    auto journal = Journal::open(flags.text("state"));
    if (!journal)
        return complain(journal.error().detail);
    if (auto const kept = journal->keep_form(std::move(form)); !kept)
        return complain(kept.error().detail);
    Progress progress(flags.text("status"));
    ReadSettings const read = read_and_print(*journal->form());
    if (!read.settings) {
        auto const told = progress.write(status_json(read.settings.error(), read.notes));
        return told ? bad_input : complain(told.error().detail);
    }
    SystemHost host("/");
    ConfigurationMachine machine(host_steps(*read.settings), journal->completed());
    auto const done = configure(machine, host, *journal, [&](ConfigurationMachine const& now) {
        progress.tell(now, read.notes);
    });
    if (!done)
        return complain(done.error().detail);
    return *done ? well : stuck;
}

}  // namespace

int run_check(std::vector<std::string> const& words) {
    auto const flags = read_flags("check", words, false);
    if (!flags)
        return flags.error();
    auto const form = read_form(*flags);
    if (!form)
        return form.error();
    return read_and_print(*form).settings ? well : bad_input;
}

int run_plan(std::vector<std::string> const& words) {
    auto const flags = read_flags("plan", words, false);
    if (!flags)
        return flags.error();
    auto const form = read_form(*flags);
    if (!form)
        return form.error();
    ReadSettings const read = read_and_print(*form);
    if (!read.settings)
        return bad_input;
    std::fputs(describe(host_steps(*read.settings)).c_str(), stdout);
    return well;
}

int run_apply(std::vector<std::string> const& words) {
    auto const flags = read_flags("apply", words, true);
    if (!flags)
        return flags.error();
    auto form = read_form(*flags);
    if (!form)
        return form.error();
    return apply(*flags, std::move(*form));
}

}  // namespace millrace::configurator
