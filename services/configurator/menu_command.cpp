// SPDX-License-Identifier: Apache-2.0
// The menu of the VM's own screen, for who has signed in there: what System in the web page has,
// for when that cannot be reached.
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <iostream>

#include "configurator/command_line.hpp"
#include "configurator/commands.hpp"
#include "configurator/menu/menu.hpp"

namespace millrace::configurator {
namespace {

constexpr auto own_program = "/usr/libexec/millrace/millrace-configurator";
constexpr auto control = "/usr/bin/systemctl";

/// Runs a program that may read from this terminal, so in our own process group, unlike
/// spawn_child. Whether it ended well.
bool run_in_front(std::vector<std::string> words) {
    std::vector<char*> pointers;
    pointers.reserve(words.size() + 1);
    for (std::string& word : words)
        pointers.push_back(word.data());
    pointers.push_back(nullptr);
    pid_t child = -1;
    if (int const fault = ::posix_spawn(
            &child, words.front().c_str(), nullptr, nullptr, pointers.data(), environ);
        fault != 0) {
        errno = fault;
        std::perror(words.front().c_str());
        return false;
    }
    int status = -1;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return status == 0;
}

bool change_system(std::vector<std::string> words) {
    words.insert(words.begin(), {own_program, "system"});
    return run_in_front(std::move(words));
}

/// A line of what is typed; nothing at its end.
std::optional<std::string> ask(std::string const& question) {
    std::fputs(question.c_str(), stdout);
    std::fflush(stdout);
    std::string line;
    if (!std::getline(std::cin, line))
        return std::nullopt;
    return line;
}

void change_network() {
    std::puts("As it is now:");
    if (!change_system({}))
        return;
    std::puts("\nEnter leaves a value as it is; - empties it.");
    std::vector<std::string> words;
    for (std::string const& key : network_keys()) {
        auto const typed = ask(key + "=");
        if (!typed)
            return;
        if (!typed->empty())
            words.push_back(key + "=" + (*typed == "-" ? "" : *typed));
    }
    if (!words.empty())
        change_system(std::move(words));
}

/// What switches it off again is on the disk first: a restart ends the hour, too.
void open_ssh() {
    std::puts("SSH is on for an hour, or until the next restart.");
    if (!run_in_front({control, "enable", "--quiet", "millrace-ssh-off.service"}))
        return;
    if (change_system({"enable_ssh=True"})) {
        run_in_front({control, "start", "millrace-ssh-off.timer"});
        return;
    }
    run_in_front({control, "disable", "--quiet", "millrace-ssh-off.service"});
}

/// Whether the menu is over with it.
bool end_by(char const* action, char const* question) {
    auto const typed = ask(question);
    if (!typed || (*typed != "y" && *typed != "yes"))
        return false;
    return run_in_front({control, action});
}

/// Whether the menu is over.
bool perform(MenuChoice choice) {
    switch (choice) {
        case MenuChoice::network:
            change_network();
            return false;
        case MenuChoice::root_password:
            change_system({"root_password"});
            return false;
        case MenuChoice::page_password:
            change_system({"endpoint_password"});
            return false;
        case MenuChoice::certificate:
            change_system({"--renew-certificate"});
            return false;
        case MenuChoice::ssh:
            open_ssh();
            return false;
        case MenuChoice::warnings:
            run_in_front(
                {"/usr/bin/journalctl", "--boot", "--priority=warning", "--lines=40",
                 "--no-pager"});
            return false;
        case MenuChoice::restart:
            return end_by("reboot", "Restart the appliance? [y/N] ");
        case MenuChoice::shut_down:
            return end_by("poweroff", "Shut the appliance down? [y/N] ");
        case MenuChoice::back:
            return true;
    }
    return true;
}

}  // namespace

int run_menu(std::vector<std::string> const& words) {
    auto const flags = read_flags("menu all | power", words, {}, Arguments::allowed);
    if (!flags)
        return flags.error();
    auto const part =
        flags->arguments.size() == 1 ? menu_part(flags->arguments.front()) : std::nullopt;
    if (!part)
        return complain("menu: give \"all\" or \"power\".");
    // Of the programs it runs; the menu itself goes on.
    std::signal(SIGINT, [](int) {});
    for (;;) {
        std::printf("\n%s", menu_text(*part).c_str());
        auto const typed = ask("Choose: ");
        if (!typed)
            return well;
        auto const choice = choice_of(*part, *typed);
        if (!choice)
            std::puts("There is no such choice.");
        else if (perform(*choice))
            return well;
    }
}

}  // namespace millrace::configurator
