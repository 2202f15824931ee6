// SPDX-License-Identifier: Apache-2.0
#include "tests/appliance/guest.hpp"

#include <poll.h>

#include <filesystem>
#include <fstream>

#include "common/base/file.hpp"
#include "common/process/run_to_end.hpp"
#include "tests/support/catch.hpp"

namespace millrace::test {
namespace {

constexpr nanoseconds command_limit = 120s;
constexpr nanoseconds configured_limit = 300s;

ProgramEnd run_to_its_end(std::string const& line) {
    auto end = run_to_end({.arguments = {"/bin/bash", "-c", line}}, command_limit);
    INFO(line);
    REQUIRE(end);
    return std::move(*end);
}

std::string well_run(std::string const& line) {
    auto end = run_to_its_end(line);
    INFO(line << "\n" << end.output);
    REQUIRE(end.is_well());
    return end.output;
}

std::string quoted(std::string const& text) {
    std::string quoted = "'";
    for (char const one : text)
        quoted += one == '\'' ? std::string("'\\''") : std::string(1, one);
    return quoted + "'";
}

std::string escaped(std::string const& text) {
    std::string xml;
    for (char const one : text)
        xml += one == '&'   ? "&amp;"
               : one == '<' ? "&lt;"
               : one == '"' ? "&quot;"
                            : std::string(1, one);
    return xml;
}

}  // namespace

Guest::Guest(GuestSize size)
    : machine_(MILLRACE_SOURCE_DIR "/tests/appliance/machine"),
      size_(std::move(size)) {
    std::filesystem::create_directories(folder_.path() / "guest");
}

Guest::~Guest() {
    auto const gone =
        run_to_end({.arguments = {"/bin/bash", "-c", command("wipe")}}, command_limit);
    INFO((gone ? gone->output : gone.error().detail));
    CHECK((gone && gone->is_well()));
}

std::string Guest::command(std::string const& words) const {
    return "MACHINE=" + (folder_.path() / "guest").string() + " DISK_SIZE=" + size_.disk +
           " MEMORY_SIZE=" + size_.memory + " " + machine_ + " " + words;
}

void Guest::insert(Form const& form) {
    auto const content = folder_.path() / "disc";
    std::filesystem::create_directories(content);
    {
        std::ofstream file(content / "ovf-env.xml");
        file
            << R"(<Environment xmlns:oe="http://schemas.dmtf.org/ovf/environment/1"><PropertySection>)";
        for (auto const& [key, value] : form)
            file << "<Property oe:key=\"guestinfo." << key << "\" oe:value=\"" << escaped(value)
                 << "\"/>\n";
        file << "</PropertySection></Environment>";
    }
    well_run(
        "genisoimage -quiet -J -R -V 'OVF ENV' -o " + (folder_.path() / "guest/cd.iso").string() +
        " " + content.string());
}

void Guest::put(std::string const& path, std::string const& content, mode_t mode) {
    auto const file =
        folder_.path() / "guest/overlay" / std::filesystem::path(path).relative_path();
    std::filesystem::create_directories(file.parent_path());
    REQUIRE(write_file_atomic(file, content, mode, Durability::process));
}

void Guest::copy_disk(Guest const& origin) {
    well_run(
        "cp --sparse=always --reflink=auto " + (origin.folder_.path() / "guest/disk.img").string() +
        " " + (folder_.path() / "guest/disk.img").string());
}

std::string Guest::lan_name() {
    std::string name = well_run(command("lan_name"));
    name.resize(name.find_last_not_of('\n') + 1);
    return name;
}

void Guest::power_on() {
    // What an earlier boot has shown is not this one's.
    for (auto const* terminal : {"console", "tty1"}) {
        std::error_code none;
        auto const log = folder_.path() / "guest" / (std::string(terminal) + ".log");
        auto const shown = std::filesystem::file_size(log, none);
        read_to_[terminal] = none ? 0 : shown;
    }
    well_run(command("up"));
}

std::string Guest::boot() {
    if (!run_to_its_end(command("is_on")).is_well())
        power_on();
    std::string state = well_run(command("booted"));
    state.resize(state.find_last_not_of('\n') + 1);
    return state;
}

void Guest::power_cut() {
    well_run(command("power_cut"));
}

nanoseconds Guest::power_off() {
    auto const begin = steady_now();
    run("systemctl --no-block poweroff");
    REQUIRE(comes_within(60s, [&] { return !run_to_its_end(command("is_on")).is_well(); }));
    return steady_now() - begin;
}

std::string Guest::run(std::string const& line) {
    return well_run(command("in_guest sh -c ") + quoted(line));
}

bool Guest::succeeds(std::string const& line) {
    return run_to_its_end(command("in_guest sh -c ") + quoted(line)).is_well();
}

bool Guest::lan_succeeds(std::string const& line) {
    return run_to_its_end(command("in_lan bash -c ") + quoted(line)).is_well();
}

std::string Guest::lan_run(std::string const& line) {
    return well_run(command("in_lan bash -c ") + quoted(line));
}

void Guest::write_in_lan(std::string const& name, std::string const& content) {
    REQUIRE(write_file_atomic(path_in_lan(name), content, 0600, Durability::process));
}

Json Guest::status() {
    auto json = parse_json(run("cat /run/millrace/status.json 2>/dev/null || echo null"));
    REQUIRE(json);
    return std::move(*json);
}

void Guest::reach(std::string const& state) {
    Json last;
    bool const came = comes_within(configured_limit, [&] {
        // It is there a moment after power on.
        if (succeeds("test -s /run/millrace/status.json"))
            last = status();
        return string_at(last, "state") == state;
    });
    INFO("It is not " << state << ":\n" << dump_json_pretty(last));
    REQUIRE(came);
}

std::string Guest::wait_for_page() {
    std::string url;
    REQUIRE(comes_within(60s, [&] {
        std::string address = run(
            "ip -6 -brief address show eth0 scope link 2>/dev/null | grep -o 'fe80[^/]*' || true");
        address.resize(address.find_last_not_of('\n') + 1);
        url = "'https://[" + address + "%25lan0]'";
        return !address.empty() &&
               lan_succeeds(
                   "curl --silent --insecure --fail --max-time 2 --output /dev/null " + url);
    }));
    return url;
}

std::string Guest::fault_of(std::string const& property) {
    Json const now = status();
    for (Json const& fault : *find_json(now, "faults"))
        if (string_at(fault, "property") == property)
            return string_at(fault, "problem");
    return "";
}

std::string Guest::written_to(std::string const& terminal) {
    auto text = read_file(folder_.path() / "guest" / (terminal + ".log"), std::size_t{16} << 20);
    REQUIRE(text);
    return std::move(*text);
}

bool Guest::comes_within(nanoseconds limit, std::function<bool()> const& holds) {
    auto const until = steady_now() + std::chrono::duration_cast<SteadyTime::duration>(limit);
    while (!holds()) {
        if (steady_now() > until)
            return false;
        ::poll(nullptr, 0, 50);
    }
    return true;
}

void Guest::expect_on(std::string const& terminal, std::string const& text) {
    std::size_t at = std::string::npos;
    std::size_t& read_to = read_to_[terminal];
    bool const came = comes_within(60s, [&] {
        at = written_to(terminal).find(text, read_to);
        return at != std::string::npos;
    });
    INFO(
        "\"" << text << "\" is not on " << terminal << ":\n"
             << written_to(terminal).substr(read_to));
    REQUIRE(came);
    read_to = at + text.size();
}

void Guest::expect(std::string const& text) {
    expect_on("console", text);
}

void Guest::send_to(std::string const& terminal, std::string const& keys) {
    std::ofstream(folder_.path() / "guest" / (terminal + ".in")) << keys << std::flush;
}

std::string Guest::screen() {
    std::string const log = written_to("tty1");
    // Each frame begins at the home position.
    std::string const home = "\x1b[H";
    auto const last = log.rfind(home);
    std::string text;
    for (std::size_t at = last == std::string::npos ? log.size() : last; at < log.size(); ++at) {
        char const one = log[at];
        if (one == '\x1b')
            at = log.find_first_of("HJKhlm", at);
        else if (one != '\r')
            text += one;
    }
    return text;
}

void Guest::type(std::string const& prompt, std::string const& line) {
    expect_on("console", prompt);
    send_to("console", line + "\n");
}

void Guest::press(std::string const& prompt, std::string const& keys) {
    expect_on("tty1", prompt);
    send_to("tty1", keys);
}

}  // namespace millrace::test
