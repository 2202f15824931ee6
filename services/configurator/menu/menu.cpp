// SPDX-License-Identifier: Apache-2.0
#include "configurator/menu/menu.hpp"

#include <array>

namespace millrace::configurator {
namespace {

struct Entry {
    char digit;
    MenuChoice choice;
    std::string_view title;
    bool is_power;
};
constexpr std::array<Entry, 9> entries = {{
    {'1', MenuChoice::network, "Network", false},
    {'2', MenuChoice::root_password, "Password of root, for this screen and SSH", false},
    {'3', MenuChoice::page_password, "Password of the web page", false},
    {'4', MenuChoice::certificate, "Renew the web page's certificate", false},
    {'5', MenuChoice::ssh, "SSH for an hour", false},
    {'6', MenuChoice::warnings, "Warnings since the last start", false},
    {'7', MenuChoice::restart, "Restart", true},
    {'8', MenuChoice::shut_down, "Shut down", true},
    {'0', MenuChoice::back, "Back", true},
}};

bool has(MenuPart part, Entry const& entry) {
    return part == MenuPart::all || entry.is_power;
}

}  // namespace

std::optional<MenuPart> menu_part(std::string_view name) {
    if (name == "all")
        return MenuPart::all;
    if (name == "power")
        return MenuPart::power;
    return std::nullopt;
}

std::string menu_text(MenuPart part) {
    std::string text;
    for (Entry const& entry : entries)
        if (has(part, entry))
            text += std::string("  ") + entry.digit + "  " + std::string(entry.title) + "\n";
    return text;
}

std::optional<MenuChoice> choice_of(MenuPart part, std::string_view typed) {
    for (Entry const& entry : entries)
        if (typed.size() == 1 && typed.front() == entry.digit && has(part, entry))
            return entry.choice;
    return std::nullopt;
}

std::vector<std::string> const& network_keys() {
    static std::vector<std::string> const keys = {"hostname", "ipaddress", "netmask",
                                                  "gateway",  "dns",       "ntp"};
    return keys;
}

}  // namespace millrace::configurator
