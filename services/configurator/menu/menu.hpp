// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::configurator {

/// What a person chooses at the VM's own screen after signing in.
enum class MenuChoice {
    network,
    root_password,
    page_password,
    certificate,
    ssh,
    warnings,
    restart,
    shut_down,
    back,
};

/// The part of the menu that was asked for: F2 has all of it, F12 what is about power.
enum class MenuPart { all, power };

/// "all" and "power", as the unit's instance has them.
std::optional<MenuPart> menu_part(std::string_view name);

/// The lines of the menu, each choice with its digit.
std::string menu_text(MenuPart part);
/// What was typed there; nothing where the menu has no such choice.
std::optional<MenuChoice> choice_of(MenuPart part, std::string_view typed);

/// Which values of the form are asked for, by their keys.
std::vector<std::string> const& network_keys();

}  // namespace millrace::configurator
